#include "app/serve_identity.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <utility>

#include "app/output.h"
#include "app/serve_authority.h"

namespace mailtool::app {

ServeIdentity::ServeIdentity(std::string folder, net::CertificateNames names)
    : folder_(std::move(folder)), names_(std::move(names)) {
  const auto parent = ::getpid();
  child_ = ::fork();
  if (child_ != 0) return;
  // It has the lock of the root, too, which must not outlive the server.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  ::_exit(server_identity(folder_, names_, ::time(nullptr)) ? 0 : 1);
}

ServeIdentity::~ServeIdentity() { (void)child_has_seen_to_it(); }

bool ServeIdentity::child_has_seen_to_it() {
  if (child_ < 0) return false;
  int status = 1;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
  return status == 0;
}

// Where it has not, we find out why.
Result<void> ServeIdentity::ready() {
  if (child_has_seen_to_it()) return {};
  auto made = server_identity(folder_, names_, ::time(nullptr));
  if (!made) return std::move(made).error();
  identity_ = *std::move(made);
  return {};
}

std::shared_ptr<const net::TlsIdentity> ServeIdentity::get() {
  if (identity_) return identity_;
  // Of the authority of the start: who is to trust it knows it by now.
  auto made = server_identity(folder_, names_, ::time(nullptr),
                              LostAuthority::fail);
  if (made) {
    identity_ = *std::move(made);
    return identity_;
  }
  const auto why = made.error().one_line();
  if (std::exchange(told_, why) == why) return nullptr;
  warn("serve", "there is no TLS: " + why);
  return identity_;
}

}  // namespace mailtool::app
