/// \file
/// FetchRun: the answer to a FETCH, a portion at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "serve/imap_fetch.h"
#include "serve/imap_message.h"

namespace mailtool::serve {

/// No message is ever held whole: bodies go from the file to the client.
class FetchRun {
 public:
  /// What the client is to be told at the end.
  struct Outcome {
    std::size_t gone = 0;  ///< messages that were expunged meanwhile
    std::size_t unreadable = 0;
    std::uint32_t unreadable_uid = 0;  ///< the first of them
    std::string why;
    bool unknown_encoding = false;  ///< BINARY could not be had of something
    /// Less came of a message than was announced: what the client would take
    /// for the rest would be something else.
    bool broken = false;
  };

  void begin(FetchQuestion question, std::vector<std::uint32_t> uids);
  /// Appends to `out` until it has about `end` octets. True: that is all, or
  /// outcome() is broken.
  bool more(std::string& out, std::size_t end, ImapView& view);
  [[nodiscard]] const Outcome& outcome() const { return outcome_; }
  [[nodiscard]] const FetchQuestion& question() const { return question_; }
  /// Who asks for a part of a message asks for the next part next: that message
  /// stays open until this.
  void forget() { message_.reset(); }

 private:
  void begin_message(std::string& out, ImapView& view);
  Result<void> read_message(ImapView& view, const MailboxMessage& message,
                            std::string& head);
  void end_message(std::string& out);
  Result<void> put_section(std::string& out, const FetchSection& section);
  Result<void> put_decoded(std::string& out, const FetchSection& section);
  void stream(std::string& out, const FetchSection& section,
              OctetWindow& window, std::uint64_t begin, std::uint64_t octets,
              bool literal8);
  void pump(std::string& out, std::size_t end);
  void note(std::uint32_t uid, const Error& error);

  FetchQuestion question_;
  std::vector<std::uint32_t> left_;  // the last is the next
  Outcome outcome_;
  std::unique_ptr<ImapMessage> message_;
  std::size_t next_section_ = 0;
  bool open_ = false;  // a response has begun
  // What goes out of a section.
  OctetWindow* window_ = nullptr;
  std::uint64_t at_ = 0;
  std::uint64_t end_ = 0;
  bool literal8_ = false;
  std::optional<TextWindow> text_;
};

}  // namespace mailtool::serve
