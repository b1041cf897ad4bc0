/// \file
/// DkimConfig: [account.NAME.dkim] of the config file.
#pragma once

#include <string>
#include <vector>

namespace mailtool::app {

/// What mail of an account is signed with.
struct DkimConfig {
  struct Key {
    std::string selector;  ///< with A-labels
    std::string path;      ///< of the file with the private key
  };
  std::string domain;     ///< with A-labels; empty: the domain of From
  std::vector<Key> keys;  ///< 1 to DkimSigner::kMaxKeys
  std::string origin;     ///< where it stands: "/home/bob/.config/…:12:1"
};

}  // namespace mailtool::app
