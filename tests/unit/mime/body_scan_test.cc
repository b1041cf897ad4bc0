#include "mailtool/mime/body_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace mailtool::mime {
namespace {

// What a look at each octet says.
BodyMarks naive_marks(std::string_view text) {
  BodyMarks marks;
  const auto first = [](std::uint64_t& mark, std::size_t at) {
    if (mark == BodyMarks::kNone) mark = at;
  };
  std::size_t line = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '\n') {
      const bool crlf = i < text.size() && i > line && text[i - 1] == '\r';
      if (i - line - (crlf ? 1 : 0) > 998) first(marks.long_line, line);
      line = i + 1;
      continue;
    }
    if (text[i] == '\0') first(marks.nul, i);
    if (static_cast<unsigned char>(text[i]) >= 0x80) first(marks.high, i);
    if (text[i] != '\r' || text.substr(i + 1, 1) == "\n") continue;
    first(marks.bare_cr, i);
    if (text.substr(i + 1, 2) == "--") first(marks.cr_dashes, i);
  }
  return marks;
}

// Offsets behind each LF that "--" follows.
std::vector<std::size_t> naive_stops(std::string_view text) {
  std::vector<std::size_t> stops;
  for (auto at = text.find("\n--"); at != text.npos;
       at = text.find("\n--", at + 1)) {
    stops.push_back(at + 1);
  }
  return stops;
}

struct Seen {
  BodyMarks marks;
  std::vector<std::size_t> stops;
};

// Feeds the pieces, each scanned to its end; stops that the end of a piece
// makes are believed when "--" does follow.
Seen seen_by(std::string_view text, const std::vector<std::size_t>& cuts,
             bool scalar) {
  BodyScan scan;
  scan.begin(0);
  Seen seen;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const auto end = i < cuts.size() ? cuts[i] : text.size();
    while (begin < end) {
      const auto piece = text.substr(begin, end - begin);
      begin += scalar ? scan.scan_scalar(piece, true) : scan.scan(piece, true);
      if (text[begin - 1] == '\n' && text.substr(begin, 2) == "--") {
        seen.stops.push_back(begin);
      }
    }
  }
  scan.end();
  seen.marks = scan.marks();
  return seen;
}

void expect_right(std::string_view text, const std::vector<std::size_t>& cuts) {
  for (const bool scalar : {false, true}) {
    const auto seen = seen_by(text, cuts, scalar);
    EXPECT_EQ(seen.marks, naive_marks(text)) << scalar << " " << text.size();
    EXPECT_EQ(seen.stops, naive_stops(text)) << scalar << " " << text.size();
  }
}

std::string random_text(std::mt19937& random, std::size_t size) {
  static constexpr std::string_view kAlphabet("abc--\n\r\n\0\x80 ", 11);
  // Few odd octets, so that they come late, or many.
  const auto odd = 1 + random() % 200;
  std::string text;
  while (text.size() < size) {
    text += random() % odd == 0 ? kAlphabet[random() % kAlphabet.size()] : 'x';
  }
  return text;
}

TEST(BodyScan, RandomTextInRandomPieces) {
  std::mt19937 random(20261121);
  for (int round = 0; round < 3000; ++round) {
    const auto text = random_text(random, random() % 3000);
    std::vector<std::size_t> cuts;
    for (auto count = random() % 4; count > 0; --count) {
      cuts.push_back(random() % (text.size() + 1));
    }
    std::sort(cuts.begin(), cuts.end());
    expect_right(text, cuts);
  }
}

TEST(BodyScan, EverySplit) {
  const std::string filler(130, 'x');
  for (const std::string_view odd :
       {"\n--b", "\r\n--b", "\r--b", "\r", "\n-\n--", "\r\r\n", "\xff\n--",
        "\r-\r--", "\n\n--"}) {
    const auto text = filler + std::string(odd) + filler;
    for (std::size_t cut = 120; cut < 145; ++cut) {
      expect_right(text, {cut});
      expect_right(text, {cut, cut + 1});
    }
  }
  expect_right(std::string("\0", 1) + "\r", {1});
}

TEST(BodyScan, EveryPlaceInABlock) {
  for (std::size_t at = 0; at < 200; ++at) {
    for (const std::string_view odd : {"\n--", "\r", "\r--", "\x80"}) {
      std::string text(300, 'y');
      text.replace(at, odd.size(), odd);
      expect_right(text, {});
    }
    std::string nul(300, 'y');
    nul[at] = '\0';
    expect_right(nul, {});
  }
}

TEST(BodyScan, LinesAtTheLimit) {
  for (std::size_t length : {997u, 998u, 999u, 1000u, 5000u}) {
    for (const std::string_view end : {"\n", "\r\n", ""}) {
      const auto line = std::string(length, 'z') + std::string(end);
      expect_right("short\n" + line + std::string(100, 'q'), {500, 1003});
      expect_right(line, {});
    }
  }
}

TEST(BodyScan, WithoutDelimitersItLooksAtAll) {
  const std::string text = "a\n--b\n" + std::string(200, 'x') + "\n--c\xff";
  BodyScan scan;
  scan.begin(10);
  EXPECT_EQ(scan.scan(text, false), text.size());
  scan.end();
  EXPECT_EQ(scan.marks().high, 10 + text.size() - 1);
}

}  // namespace
}  // namespace mailtool::mime
