/// \file
/// ImportSender: messages to a mailbox, each once, whatever breaks off.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/imap_append_batch.h"
#include "mailtool/base/sha256.h"
#include "mailtool/store/journal.h"

namespace mailtool::app {

/// Of a message as the wire has it: equal octets, equal digests.
class WireDigest : public Sink {
 public:
  Result<void> write(std::string_view octets) override {
    digest_.update(octets);
    return {};
  }
  /// 32 hexadecimal digits. Once.
  [[nodiscard]] std::string finish() { return hex(digest_.finish(), 16); }

 private:
  Sha256 digest_;
};

/// Before a message is sent the journal says so, and when the server has it
/// says that too: what lies between is looked for in the mailbox, which is
/// opened, before it is sent again.
class ImportSender {
 public:
  struct Outcome {
    const AppendBatch::Item* item = nullptr;
    std::optional<client::AppendUid> went;  ///< of this message alone
    std::optional<Error> refused;
  };
  using OnOutcome = std::function<Result<void>(const Outcome&)>;

  /// All outlive it. `multi`: the server offers MULTIAPPEND.
  ImportSender(client::ImapClient& client, imap::MailboxName to, bool multi,
               store::Journal& journal)
      : client_(client),
        to_(std::move(to)),
        multi_(multi),
        journal_(journal) {}

  /// Was it imported? One that was sent, and of which it is not known, is
  /// looked for in the mailbox. `octets` on the wire. Fails where the session
  /// or the journal does.
  Result<bool> has(const std::string& digest, std::uint64_t octets);
  /// Sends `batch`, whose messages have `digests`; tells what became of each.
  /// Fails where the next one would fail, too.
  Result<void> send(const AppendBatch& batch,
                    const std::vector<std::string>& digests,
                    const OnOutcome& outcome);

 private:
  using Items = std::vector<AppendBatch::Item>;
  Result<bool> look_for(const std::string& digest, std::uint64_t octets);
  Result<bool> send_together(const AppendBatch& batch,
                             const std::vector<std::string>& digests,
                             const OnOutcome& outcome);
  Result<void> send_each(const AppendBatch& batch,
                         const std::vector<std::string>& digests,
                         const OnOutcome& outcome);

  client::ImapClient& client_;
  imap::MailboxName to_;
  bool multi_;
  store::Journal& journal_;
};

}  // namespace mailtool::app
