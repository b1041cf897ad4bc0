/// \file
/// ServedTree: all users of `serve`, and what they have.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "app/served_folders.h"
#include "mailtool/serve/maildrop.h"

namespace mailtool::app {

/// All users. Each has a folder below `root`, whatever the case of the name: the
/// one that is there, else one in lower case.
class ServedTree : public serve::MailStore {
 public:
  /// `disk` outlives it.
  ServedTree(ServeDisk& disk, std::string root,
             std::function<std::int64_t()> clock)
      : disk_(disk), root_(std::move(root)), clock_(std::move(clock)) {}

  /// Fails with rejected for a name that can be no folder's, with local_io.
  Result<std::shared_ptr<ServedFolders>> user(std::string_view name);
  Result<std::shared_ptr<serve::Mailboxes>> open(std::string_view user) override;

 private:
  ServeDisk& disk_;
  std::string root_;
  std::function<std::int64_t()> clock_;
  std::shared_ptr<RecentBoxes> recent_ = std::make_shared<RecentBoxes>();
  std::map<std::string, std::shared_ptr<ServedFolders>> users_;  // lower case
};

/// The INBOX of each user as POP3 has it: one session at a time.
class ServedMaildrops : public serve::Maildrops {
 public:
  /// `tree` outlives it, and it the maildrops.
  explicit ServedMaildrops(ServedTree& tree) : tree_(tree) {}
  Result<std::unique_ptr<serve::Maildrop>> open(std::string_view user) override;

 private:
  ServedTree& tree_;
  std::set<std::string, std::less<>> taken_;
};

}  // namespace mailtool::app
