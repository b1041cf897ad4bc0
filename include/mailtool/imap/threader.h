/// \file
/// Threader: threads made here, as a server with THREAD makes them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mailtool/imap/ancestry.h"
#include "mailtool/imap/thread.h"

namespace mailtool::imap {

/// What joins a message to others: the values of its header fields, unfolded.
struct ThreadMessage {
  std::uint32_t uid = 0;
  std::int64_t date = 0;  ///< sent, in seconds since 1970, or else of arrival
  std::string_view message_id;
  std::string_view references;
  std::string_view in_reply_to;
  /// The base subject in the form that is compared, and whether it was a reply
  /// or forward; for ThreadBy::references_and_subject alone.
  std::string subject;
  bool is_reply = false;
};

/// Makes threads as a server does: RFC 5256 section 3, REFERENCES, steps 1 to
/// 6. Nothing is recursive; time is n log n, whatever the headers claim. What is
/// held for a Message-ID does not grow with it, and of References the last 64 KiB
/// count.
class Threader {
 public:
  explicit Threader(ThreadBy by);
  /// In the order of their UIDs; each once.
  void add(const ThreadMessage& message);
  /// The messages in order; nothing is left.
  std::vector<ThreadPlace> take();

 private:
  struct Node {
    std::uint32_t uid = 0;  // 0: only referred to
    std::uint32_t parent = 0;
    std::int64_t date = 0;
  };
  struct Subject {
    std::string text;
    bool is_reply = false;
  };
  class Finish;
  using IdKey = std::pair<std::uint64_t, std::uint64_t>;  // hash, length

  std::uint32_t add_node();
  static IdKey key_of(const std::string& id);
  std::uint32_t referred(const std::string& id);
  std::uint32_t own(std::string_view message_id);
  void link(std::uint32_t child, std::uint32_t parent);
  std::uint32_t link_references(const ThreadMessage& message);

  ThreadBy by_;
  std::vector<Node> nodes_;  // [0] is none
  std::vector<Subject> subjects_;
  std::map<IdKey, std::uint32_t> ids_;
  std::size_t unseen_ = 0;  // nodes without a message
  Ancestry ancestry_;
};

}  // namespace mailtool::imap
