/// \file
/// ImportSender: messages to a mailbox, each once, whatever breaks off.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
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
/// says that too: what lies between is doubtful, and to be looked for in the
/// mailbox, which is opened, before it is sent again.
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

  enum class Fate : std::uint8_t {
    unknown,   ///< never sent
    doubtful,  ///< sent, and it is not known what became of it
    imported
  };
  /// As the journal has it. `octets` on the wire.
  [[nodiscard]] Fate fate(const std::string& digest,
                          std::uint64_t octets) const;
  /// Is it in the mailbox? Then the journal has it. Fails where the session
  /// does; with deferred where there are too many of that size to tell.
  Result<bool> look_for(const std::string& digest, std::uint64_t octets);
  /// Sends `batch`, whose messages have `digests`; tells what became of each.
  /// Fails where the next one would fail, too; with interrupted once a signal
  /// has come, having awaited for some seconds what became of what was sent.
  Result<void> send(const AppendBatch& batch,
                    const std::vector<std::string>& digests,
                    const OnOutcome& outcome);

 private:
  using Items = std::vector<AppendBatch::Item>;
  /// What is there of one size, as far as it was looked at.
  struct SameSize {
    std::unordered_set<std::uint32_t> read;
    std::unordered_set<std::string> digests;
  };
  Result<void> read_until(SameSize& same, const imap::SequenceSet& uids,
                          const std::string& digest);
  /// Notes each in the journal before it is sent.
  Result<void> send_noted(const AppendBatch& batch,
                          const std::vector<std::string>& digests,
                          const OnOutcome& outcome);
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
  std::unordered_map<std::uint64_t, SameSize> same_size_;
};

}  // namespace mailtool::app
