/// \file
/// ServeIdentity: what the servers prove themselves with, once a client asks.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "mailtool/base/result.h"
#include "mailtool/net/tls_certificate.h"
#include "mailtool/net/tls_identity.h"

namespace mailtool::app {

/// The files of server_identity() are seen to at the start, in a child process
/// that ends with it, beside what else there is to do; they are read for good
/// at the first handshake. So a server that nobody asks for TLS does not have
/// the library for it in memory.
class ServeIdentity {
 public:
  /// \pre there is one thread. `folder` is nobody else's until ready().
  ServeIdentity(std::string folder, net::CertificateNames names);
  ~ServeIdentity();
  ServeIdentity(const ServeIdentity&) = delete;
  ServeIdentity& operator=(const ServeIdentity&) = delete;

  /// Waits until the files are there. Fails as server_identity().
  Result<void> ready();
  /// Reads them at the first call; nullptr, and a line on standard error says
  /// why, once a cause, where they are damaged meanwhile or the authority's key
  /// is gone: the next call tries again. There is never a new authority.
  std::shared_ptr<const net::TlsIdentity> get();

 private:
  bool child_has_seen_to_it();

  std::string folder_;
  net::CertificateNames names_;
  pid_t child_ = -1;
  std::shared_ptr<const net::TlsIdentity> identity_;
  std::string told_;  // why there is none
};

}  // namespace mailtool::app
