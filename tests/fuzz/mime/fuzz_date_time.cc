// Each moment that is read can be written in both forms and read again.

#include "mailtool/mime/date_time.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool::mime;
  const auto when = parse_date_time(as_text(data, size));
  if (!when) return 0;
  require(when->zone_minutes > -1440 && when->zone_minutes < 1440);
  require(when->seconds + when->zone_minutes * 60 < 253402300800);  // 10000
  require(parse_date_time(format_date_time(*when)) == when);
  require(parse_date_time(to_rfc3339(*when)) == when);
  return 0;
}
