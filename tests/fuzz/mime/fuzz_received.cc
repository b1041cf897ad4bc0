// Whatever a Received field holds, what is read of it is safe text.

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/received.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool;
  using namespace mailtool::mime;
  const auto read = parse_received(as_text(data, size));
  for (const auto* text :
       {&read.from, &read.helo, &read.reverse_dns, &read.ip, &read.by,
        &read.via, &read.with, &read.id, &read.for_recipient}) {
    require(is_valid_utf8(*text) && !has_line_break_or_nul(*text));
    require(text->size() <= 4000);
  }
  if (read.date) require(parse_date_time(format_date_time(*read.date)) == read.date);
  return 0;
}
