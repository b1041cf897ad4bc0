/// \file
/// The first words of messages, where the server does not tell them (PREVIEW,
/// RFC 8970).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mailtool/client/imap_client.h"

namespace mailtool::app {

/// Longest preview, in characters: RFC 8970 section 3.2 has the same.
inline constexpr std::size_t kPreviewCharacters = 200;

/// The beginning of `text`, UTF-8, on one line: white space folded.
[[nodiscard]] std::string preview_of(std::string_view text);

struct FetchedPreviews {
  std::vector<std::optional<std::string>> texts;
  std::uint64_t refused = 0;     ///< that the server said no to
  std::optional<Error> refusal;  ///< the first
};

/// For each of `messages`, which have their BODYSTRUCTURE, the preview of the
/// part to read, of which some thousand octets are fetched; nullopt where there
/// is no such part, or it did not come. One flight for all.
/// \pre the folder is selected
Result<FetchedPreviews> fetch_previews(
    client::ImapClient& client, std::span<const imap::FetchData> messages);

}  // namespace mailtool::app
