// yEnc, version 1.3.
#include "mailtool/mime/yenc.h"

#include <algorithm>

#include "checksum.h"
#include "embedded_name.h"
#include "mailtool/base/ascii.h"

namespace mailtool::mime {
namespace {

constexpr std::string_view kBegin = "=ybegin ", kPart = "=ypart ",
                           kEnd = "=yend";
constexpr std::uint64_t kMaxLine = 1'000'000'000;

bool begins(std::string_view line, std::string_view with) {
  return line.substr(0, with.size()) == with;
}

// keyword = 1*ALPHA "=" value; values hold no blanks, but the name, which is
// the last. nullopt when the line has no such keyword.
std::optional<std::string_view> keyword(std::string_view line,
                                        std::string_view name) {
  while (true) {
    line = trim(line);
    if (line.empty()) return std::nullopt;
    const auto equals = line.find('=');
    if (equals == line.npos) return std::nullopt;
    const bool found = line.substr(0, equals) == name;
    if (line.substr(0, equals) == "name") {
      return found ? std::optional(trim(line.substr(equals + 1)))
                   : std::nullopt;
    }
    line.remove_prefix(equals + 1);
    const auto end = std::min(line.find(' '), line.size());
    if (found) return line.substr(0, end);
    line.remove_prefix(end);
  }
}

std::optional<std::uint64_t> number(std::string_view line,
                                    std::string_view name,
                                    std::uint64_t max = UINT64_MAX) {
  const auto value = keyword(line, name);
  return value ? parse_number(*value, max) : std::nullopt;
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  c = to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<std::uint32_t> parse_crc(std::string_view text) {
  std::uint64_t crc = 0;
  for (const char c : text) {
    const int digit = hex_value(c);
    if (digit < 0) return std::nullopt;
    crc = crc << 4 | static_cast<unsigned>(digit);
    if (crc > UINT32_MAX) return std::nullopt;
  }
  if (text.empty()) return std::nullopt;
  return static_cast<std::uint32_t>(crc);
}

}  // namespace

std::optional<YencBegin> parse_yenc_begin(std::string_view line) {
  if (!begins(line, kBegin)) return std::nullopt;
  line.remove_prefix(kBegin.size());
  const auto name = keyword(line, "name");
  const auto size = number(line, "size");
  const auto length = number(line, "line", kMaxLine);
  if (!name || !size || !length) return std::nullopt;
  YencBegin begin;
  begin.size = *size;
  begin.line = static_cast<std::uint32_t>(*length);
  begin.part =
      static_cast<std::uint32_t>(number(line, "part", UINT32_MAX).value_or(0));
  begin.total =
      static_cast<std::uint32_t>(number(line, "total", UINT32_MAX).value_or(0));
  begin.name = *name;
  return begin;
}

YencBody::YencBody(const YencBegin& begin)
    : size_(begin.size), part_(begin.part), in_data_(begin.part == 0) {}

YencBody::Step YencBody::take(const LinePiece& piece, std::string& out) {
  if (piece.first) {
    if (piece.whole() && begins(piece.octets, "=y"))
      return take_control(piece.octets);
    if (escaped_ || !in_data_) malformed_ = true;
    escaped_ = false;
    in_data_ = true;
  }
  take_data(piece.octets, out);
  return Step::more;
}

YencBody::Step YencBody::take_control(std::string_view line) {
  if (begins(line, kBegin)) {
    malformed_ = true;
    return Step::not_mine;
  }
  if (begins(line, kEnd)) {
    take_end(line.substr(kEnd.size()));
    return Step::ended;
  }
  if (begins(line, kPart) && !in_data_) {
    take_part(line.substr(kPart.size()));
  } else {
    malformed_ = true;
  }
  return Step::more;
}

// "=ypart begin=1 end=100": the first and the last octet, counted from 1.
void YencBody::take_part(std::string_view line) {
  in_data_ = true;
  const auto first = number(line, "begin"), last = number(line, "end");
  if (!first || !last || *first == 0 || *last < *first - 1 || *last > size_) {
    malformed_ = true;
    return;
  }
  begin_ = *first - 1;
  size_ = *last - begin_;
}

// "=yend size=100 part=1 pcrc32=0123abcd crc32=4567cdef"
void YencBody::take_end(std::string_view line) {
  in_data_ = true;
  const auto size = number(line, "size");
  if (escaped_ || !size || *size != octets_ || octets_ != size_)
    malformed_ = true;
  const auto crc = keyword(line, "crc32"), part_crc = keyword(line, "pcrc32");
  if (crc && !(file_crc_ = parse_crc(*crc))) malformed_ = true;
  if (part_ == 0 && file_crc_ && *file_crc_ != crc_) malformed_ = true;
  if (part_crc && parse_crc(*part_crc) != crc_) malformed_ = true;
}

void YencBody::take_data(std::string_view octets, std::string& out) {
  constexpr unsigned kShift = 42, kEscapedShift = 42 + 64;
  const auto begin = out.size();
  out.resize(begin + octets.size());
  char* to = out.data() + begin;
  for (const char c : octets) {
    if (!escaped_ && c != '=' && c != '\r') {
      *to++ = static_cast<char>(static_cast<unsigned char>(c) - kShift);
    } else if (c == '=' && !escaped_) {
      escaped_ = true;
    } else if (c != '\r') {
      *to++ = static_cast<char>(static_cast<unsigned char>(c) - kEscapedShift);
      escaped_ = false;
    }
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  const auto decoded = std::string_view(out).substr(begin);
  octets_ += decoded.size();
  crc_ = crc32(crc_, decoded);
}

bool YencDecoder::take(const LinePiece& piece, std::string& out) {
  if (body_) {
    const auto before = out.size();
    const auto step = body_->take(piece, out);
    crc_ = crc32(crc_, std::string_view(out).substr(before));
    if (step != YencBody::Step::more) end_part(step == YencBody::Step::ended);
    if (step != YencBody::Step::not_mine) return true;
  }
  if (!piece.whole()) return true;
  if (const auto begin = parse_yenc_begin(piece.octets)) begin_part(*begin);
  return true;
}

void YencDecoder::begin_part(const YencBegin& begin) {
  if (!begun_) {
    name_ = embedded_text(begin.name);
    size_ = begin.size;
  }
  body_.emplace(begin);
}

void YencDecoder::end_part(bool ended) {
  if (!begun_) offset_ = next_ = body_->part_offset();
  begun_ = true;
  if (!ended || body_->malformed() || body_->part_offset() != next_) {
    add_malformed();
  }
  next_ += body_->octets();
  const bool is_whole_file = offset_ == 0 && next_ == size_;
  if (is_whole_file && body_->file_crc() && body_->file_crc() != crc_) {
    add_malformed();
  }
  body_.reset();
}

void YencDecoder::cut_off() {
  if (body_) end_part(false);
  if (!begun_) add_malformed();
}

}  // namespace mailtool::mime
