/// \file
/// ResolverKeys: key records of signers out of DNS.
#pragma once

#include <utility>

#include "mailtool/net/resolver.h"
#include "mailtool/signing/key_source.h"

namespace mailtool::app {

/// Joins signing, which knows no network, and net, which knows no signatures.
class ResolverKeys : public signing::KeySource {
 public:
  /// Records of one name that are handed on.
  static constexpr std::size_t kMaxRecords = 100;

  explicit ResolverKeys(net::ResolverOptions options)
      : resolver_(std::move(options)) {}

  /// Fails with interrupted, and with timed_out when the run's own deadline
  /// has passed; a name server that does not answer is an answer: temporary.
  Result<signing::KeyAnswer> txt(std::string_view name) override;

 private:
  net::Resolver resolver_;
};

}  // namespace mailtool::app
