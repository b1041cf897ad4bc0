/// \file
/// MessageSigner: DKIM signatures on what is sent, where the account says so.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "app/invocation.h"
#include "app/outgoing_message.h"
#include "mailtool/signing/dkim_signer.h"

namespace mailtool::app {

/// For all messages of a run; `invocation` outlives it.
class MessageSigner {
 public:
  explicit MessageSigner(const Invocation& invocation)
      : invocation_(invocation) {}

  /// Makes the message 7 bit (RFC 6376 section 5.3) and signs it. Does nothing
  /// where nothing is to be signed. Fails as dkim_signer() and DkimSigner do.
  Result<void> sign(OutgoingMessage& message);

  /// The keys for messages from `from_domain`: "2026._domainkey.crepes.fr
  /// (rsa-sha256)". For --explain.
  Result<std::vector<std::string>> identities(const std::string& from_domain);

 private:
  Result<const signing::DkimSigner*> signer(const std::string& from_domain);

  const Invocation& invocation_;
  // By the domain of From: an mbox may have many.
  std::map<std::string, std::optional<signing::DkimSigner>> signers_;
};

}  // namespace mailtool::app
