/// \file
/// TlsIdentity: what a server proves itself with.
#pragma once

#include <memory>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/base/secret.h"

namespace mailtool::net {

/// A chain of certificates and the key of the first, made ready. Shared by the
/// connections of a server; immutable. TLS 1.2 or newer, no renegotiation, and
/// no certificate asked of the client.
class TlsIdentity {
 public:
  /// Both in PEM. Fails with config (no PEM, or the key is another's), system.
  static Result<std::shared_ptr<const TlsIdentity>> make(std::string_view chain,
                                                         const Secret& key);
  ~TlsIdentity();
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;

  struct State;
  [[nodiscard]] const State& state() const { return *state_; }

 private:
  explicit TlsIdentity(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mailtool::net
