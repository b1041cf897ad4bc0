#include "app/mboxrd.h"

#include <array>

namespace mailtool::app {
namespace {

constexpr std::string_view kFrom = "From ";

}  // namespace

Result<void> MboxrdWriter::begin(std::time_t when) {
  std::tm utc{};
  ::gmtime_r(&when, &utc);
  std::array<char, 64> line{};
  const auto size =
      std::strftime(line.data(), line.size(),
                    "From MAILER-DAEMON %a %b %e %H:%M:%S %Y\n", &utc);
  quotes_ = true;
  matched_ = 0;
  line_open_ = false;
  return out_.write({line.data(), size});
}

// ">" that begin a line go out at once: one more behind them is the same as
// one more before them.
Result<void> MboxrdWriter::write(std::string_view octets) {
  std::string text;
  for (std::size_t i = 0; i < octets.size();) {
    if (!quotes_) {
      const auto lf = octets.find('\n', i);
      const auto end = lf == octets.npos ? octets.size() : lf + 1;
      text += octets.substr(i, end - i);
      quotes_ = lf != octets.npos;
      i = end;
      continue;
    }
    const char c = octets[i];
    if (matched_ == 0 && (c == '>' || c == '\n')) {
      text += c;
      ++i;
    } else if (c == kFrom[matched_]) {
      ++i;
      if (++matched_ < kFrom.size()) continue;
      text += '>';
      text += kFrom;
      quotes_ = false;
      matched_ = 0;
    } else {
      text += kFrom.substr(0, matched_);
      quotes_ = false;
      matched_ = 0;
    }
  }
  if (!octets.empty()) line_open_ = octets.back() != '\n';
  return out_.write(text);
}

Result<void> MboxrdWriter::end() {
  std::string text(kFrom.substr(0, matched_));
  if (line_open_) text += '\n';
  text += '\n';
  return out_.write(text);
}

}  // namespace mailtool::app
