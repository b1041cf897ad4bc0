/// \file
/// Quota: what a mailbox counts against (RFC 9208).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mailtool::client {

struct QuotaResource {
  std::string name;         ///< as the server wrote it: "STORAGE", "MESSAGE"
  std::uint64_t usage = 0;  ///< STORAGE in units of 1024 octets
  std::uint64_t limit = 0;
};

/// The resources of one quota root; none where nothing is limited.
struct Quota {
  std::string root;  ///< octets of the server; often ""
  std::vector<QuotaResource> resources;
};

/// What the server says of itself (RFC 2971): "name", "version"; raw.
struct ServerIdField {
  std::string name;
  std::string value;
};

}  // namespace mailtool::client
