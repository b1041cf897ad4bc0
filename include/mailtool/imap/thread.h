/// \file
/// Threads: what joins messages, and each one's place (RFC 5256).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailtool::imap {

/// A message in its thread. A listing has each thread whole, a message before
/// its replies.
struct ThreadPlace {
  std::uint32_t uid = 0;
  /// 0 for the first of a thread; for others a level more than what they
  /// answer, and 1 where that is not among the messages.
  std::uint32_t depth = 0;
  std::uint32_t root = 0;    ///< UID of the first of the thread
  std::uint32_t parent = 0;  ///< UID of what it answers; 0 where that is not there
  friend bool operator==(const ThreadPlace&, const ThreadPlace&) = default;
};

/// What joins messages to threads.
enum class ThreadBy : std::uint8_t {
  /// THREAD=REFS: References and In-Reply-To alone; the thread with the newest
  /// message is the last.
  references,
  /// THREAD=REFERENCES (RFC 5256 section 3): equal base subjects, too; the
  /// thread that began last is the last.
  references_and_subject,
};
/// "REFS", "REFERENCES".
[[nodiscard]] std::string_view algorithm(ThreadBy by);

/// Lists within lists deeper than this are not read.
inline constexpr std::size_t kMaxThreadNesting = 100'000;

}  // namespace mailtool::imap
