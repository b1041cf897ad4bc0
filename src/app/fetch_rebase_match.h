/// \file
/// Which new messages of a maildrop are known ones under another unique-id.
#pragma once

#include <cstdint>
#include <vector>

namespace mailtool::app {

/// A message on either side. Digests are HeaderDigest::value.
struct RebaseMessage {
  std::uint64_t digest = 0;  ///< 0: not known
  std::uint64_t size = 0;    ///< UINT64_MAX: not known
  std::uint32_t index = 0;   ///< whatever the caller calls it
};

struct RebaseMatch {
  /// What speaks for it, the strongest first.
  enum class By : std::uint8_t {
    header_and_size,
    header,  ///< with a Message-ID; the sizes differ
    size,    ///< of headers nothing is known; no other has this size
  };
  std::uint32_t known = 0;    ///< RebaseMessage::index
  std::uint32_t arrived = 0;  ///< the same
  By by = By::size;
};

/// Each message is in at most one match: the message that is there twice must
/// be known twice. Takes n log n, and no size or digest decides for how long.
[[nodiscard]] std::vector<RebaseMatch> match_renamed(
    std::vector<RebaseMessage> known, std::vector<RebaseMessage> arrived);

/// How many sizes of `known` are also in `arrived`, each as often as it is in
/// both.
[[nodiscard]] std::size_t shared_sizes(std::vector<std::uint64_t> known,
                                       std::vector<std::uint64_t> arrived);

}  // namespace mailtool::app
