/// \file
/// SyncHandler: the answers that a SyncReceiver is told of.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_set>

#include "mailtool/client/imap_dialogue.h"
#include "mailtool/client/imap_sync.h"

namespace mailtool::client {

class SyncHandler : public ImapHandler {
 public:
  /// Both outlive the handler.
  SyncHandler(const imap::SequenceSet& bodies_of, SyncReceiver& receiver)
      : bodies_of_(bodies_of), receiver_(receiver), writer_(*this) {}

  /// Are answers told to the receiver, or read and dropped?
  void drop(bool drop) { dropping_ = drop; }
  /// How many bodies came whole.
  [[nodiscard]] std::uint64_t bodies() const { return bodies_; }

  Sink* on_literal(const imap::FramedResponse& before) override;
  Result<bool> on_data(imap::Response& data) override;

 private:
  class Discard : public Sink {
   public:
    Result<void> write(std::string_view) override { return {}; }
  };
  class Writer : public Sink {
   public:
    explicit Writer(SyncHandler& of) : of_(of) {}
    Result<void> write(std::string_view octets) override;

   private:
    SyncHandler& of_;
  };

  [[nodiscard]] bool takes(std::uint32_t uid) const;
  void note_done(std::uint32_t uid);
  void begin();
  Result<void> body(imap::FetchData& fetch, imap::FetchedSection& part);
  Result<bool> take(imap::FetchData& fetch);

  const imap::SequenceSet& bodies_of_;
  SyncReceiver& receiver_;
  Writer writer_;
  Discard discard_;
  bool dropping_ = false;
  std::uint64_t bodies_ = 0;
  bool open_ = false;  // a body is being written
  std::optional<Error> failed_;
  /// Items of one message may come in several responses.
  std::optional<imap::FetchData> last_;
  std::uint64_t responses_ = 0;
  imap::SequenceSet done_;                    // in ascending order
  std::unordered_set<std::uint32_t> strays_;  // those out of it
  std::uint32_t highest_ = 0;
};

}  // namespace mailtool::client
