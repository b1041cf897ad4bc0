/// \file
/// The parsers behind parse_response, by kind of data. Each takes the response
/// and the offset behind its keyword.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "mailtool/imap/response.h"

namespace mailtool::imap {

/// nullopt: not what the keyword promised.
std::optional<ListData> parse_list(const FramedResponse& framed,
                                   std::size_t offset, bool lsub,
                                   NameEncoding names);
std::optional<StatusData> parse_status_data(const FramedResponse& framed,
                                            std::size_t offset,
                                            NameEncoding names);
SearchData parse_search(std::string_view numbers);
/// parse_search(), and the order.
SearchData parse_sort(std::string_view numbers);
ThreadData parse_thread(std::string_view lists);
SearchData parse_esearch(const FramedResponse& framed, std::size_t offset);
std::optional<VanishedData> parse_vanished(const FramedResponse& framed,
                                           std::size_t offset);
FlagsData parse_flags(const FramedResponse& framed, std::size_t offset);
FetchData parse_fetch(const FramedResponse& framed, std::size_t offset,
                      std::uint32_t sequence);

/// The words between blanks; empty ones are left out.
std::vector<std::string_view> words(std::string_view text);
/// A list of flags; NIL is the empty list.
std::vector<std::string> flag_list(Value value);

}  // namespace mailtool::imap
