/// \file
/// The words of the queue: what a server said, times and spans for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailtool::app {

/// Of QueueRecipient::said and QueueAttempt::said, which are lines of an Error:
/// what the server said, with its code; empty where it said nothing.
[[nodiscard]] std::string_view server_words(std::string_view said);
/// The rest of it: our own words.
[[nodiscard]] std::string_view own_words(std::string_view said);

/// "5 days", "1 hour", "12 minutes", "8 seconds": the largest unit that is
/// reached, rounded down; 0 and less is "0 seconds".
[[nodiscard]] std::string span_text(std::int64_t seconds);

/// `text` in lines of at most `columns` octets where its words allow that, each
/// behind `indent` blanks and ended by CRLF. Runs of blanks become one. A word
/// is cut after 900 octets. Empty when there is no word.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent,
                                  std::size_t columns = 72);

}  // namespace mailtool::app
