#include "tnef_frame.h"

#include <algorithm>
#include <utility>

#include "little_endian.h"

namespace mailtool::mime {
namespace {

constexpr std::uint32_t kSignature = 0x223e9f78;
constexpr std::size_t kHeader = 9, kGuid = 16, kNumber = 4, kChecksum = 2;
constexpr std::uint16_t kMultiple = 0x1000;
constexpr std::uint16_t kNamed = 0x8000;
constexpr std::uint16_t kNull = 0x0001;
// IID_IMessage, {00020307-0000-0000-C000-000000000046}.
constexpr std::string_view kMessageClass{
    "\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46", kGuid};

bool is_variable(std::uint16_t type) {
  return type == kTnefObject || type == kTnefString8 || type == kTnefUnicode ||
         type == kTnefBinary;
}

// Octets of a value of fixed size; 0: no such type.
std::uint8_t fixed_size(std::uint16_t type) {
  switch (type) {
    case 0x0002: return 2;   // short
    case 0x0003:             // long
    case 0x0004:             // float
    case 0x000a:             // error
    case 0x000b: return 4;   // boolean
    case 0x0005:             // double
    case 0x0006:             // currency
    case 0x0007:             // application time
    case 0x0014:             // 64 bits
    case 0x0040: return 8;   // time
    case 0x0048: return 16;  // class
    default: return 0;
  }
}

std::uint8_t padding_of(std::uint64_t length) {
  return static_cast<std::uint8_t>((4 - length % 4) % 4);
}

}  // namespace

std::uint16_t tnef_sum(std::string_view octets) noexcept {
  std::uint32_t sum = 0;
  for (const char c : octets) sum += static_cast<unsigned char>(c);
  return static_cast<std::uint16_t>(sum);
}

TnefFrame::Event TnefFrame::next(std::string_view& octets) {
  while (true) {
    if (need_ > 0) {
      const auto count = std::min(octets.size(), need_ - small_.size());
      small_ += octets.substr(0, count);
      consume(octets, count);
      if (small_.size() < need_) return Event::more;
      need_ = 0;
    }
    switch (state_) {
      case State::header: return take_header();
      case State::value_begin:
        state_ = State::value_octets;
        return Event::value;
      case State::value_octets:
        if (rest_ == 0) {
          after_value();
          return Event::value_end;
        }
        if (octets.empty()) return Event::more;
        piece_ = octets;
        consume_rest(octets, rest_);
        piece_.remove_suffix(octets.size());
        return Event::octets;
      case State::skip:
        consume_rest(octets, rest_);
        if (rest_ > 0) return Event::more;
        after_skip();
        break;
      case State::attribute_rest: {
        auto rest = attribute_rest_;
        consume_rest(octets, rest);
        if (rest > 0) return Event::more;
        enter(State::checksum, kChecksum);
        break;
      }
      case State::checksum:
        if (read_u16(small_) != sum_) damaged_ = true;
        enter(State::header, kHeader);
        return Event::attribute_end;
      case State::lost: octets = {}; return Event::more;
      default:
        take_small();
        if (state_ == State::lost) return Event::lost;
    }
  }
}

void TnefFrame::consume(std::string_view& octets, std::size_t count) {
  const bool inside = state_ != State::signature && state_ != State::header &&
                      state_ != State::checksum;
  if (inside) {
    sum_ = static_cast<std::uint16_t>(sum_ + tnef_sum(octets.substr(0, count)));
    attribute_rest_ -= count;
  }
  octets.remove_prefix(count);
}

void TnefFrame::consume_rest(std::string_view& octets, std::uint64_t& rest) {
  const auto count =
      static_cast<std::size_t>(std::min<std::uint64_t>(octets.size(), rest));
  consume(octets, count);
  rest -= count;
}

void TnefFrame::pass(std::uint64_t octets, std::uint16_t sum) noexcept {
  sum_ = static_cast<std::uint16_t>(sum_ + sum);
  rest_ -= octets;
  attribute_rest_ -= octets;
}

// What reaches beyond the attribute makes the rest of it unreadable.
void TnefFrame::enter(State state, std::size_t need) {
  const bool inside = state != State::header && state != State::checksum;
  small_.clear();
  state_ = state;
  need_ = need;
  if (inside && need > attribute_rest_) {
    damaged_ = true;
    need_ = 0;
    state_ = State::attribute_rest;
  }
}

void TnefFrame::skip(std::uint64_t octets, State of) {
  if (octets > attribute_rest_) {
    damaged_ = true;
    state_ = State::attribute_rest;
    return;
  }
  rest_ = octets;
  then_ = of;
  state_ = State::skip;
}

void TnefFrame::after_skip() {
  then_ == State::name_length ? take_type() : after_value();
}

// attribute = OCTET level, UINT32 id, UINT32 length, data, UINT16 checksum
TnefFrame::Event TnefFrame::take_header() {
  const auto level = static_cast<unsigned char>(small_[0]);
  value_ = {};
  value_.attribute = read_u32(small_, 1);
  value_.of_attachment = level == 2;
  value_.length = read_u32(small_, 5);
  attribute_rest_ = value_.length;
  damaged_ = false;
  sum_ = 0;
  small_.clear();
  if (level != 1 && level != 2) {
    state_ = State::lost;
    return Event::lost;
  }
  if (in_properties()) {
    enter(State::count, kNumber);
  } else {
    rest_ = value_.length;
    padding_ = 0;
    state_ = State::value_begin;
  }
  return Event::attribute;
}

void TnefFrame::take_small() {
  switch (state_) {
    case State::signature:
      if (read_u32(small_) != kSignature) {
        state_ = State::lost;
        return;
      }
      return enter(State::header, kHeader);
    case State::count: properties_ = read_u32(small_); return next_property();
    case State::tag: return take_tag();
    case State::name_guid:
      return read_u32(small_, kGuid) == 0 ? enter(State::name_number, kNumber)
                                          : enter(State::name_length, kNumber);
    case State::name_number: return take_type();
    case State::name_length: return take_name_length();
    case State::value_count: values_ = read_u32(small_); return after_value();
    case State::value_length: return take_value_length();
    case State::object_class:
      value_.is_message = small_ == kMessageClass;
      return begin_value(value_.length - kGuid);
    default: return;
  }
}

// property = UINT16 type, UINT16 id, [name], values
// name     = 16 OCTET class, UINT32 kind, UINT32 number or UINT32 length, text
// values   = value, or UINT32 count, values; all filled up to 4 octets
void TnefFrame::take_tag() {
  value_.type = read_u16(small_);
  value_.property = read_u16(small_, 2);
  if (value_.property < kNamed) return take_type();
  enter(State::name_guid, kGuid + kNumber);
}

void TnefFrame::take_name_length() {
  const std::uint64_t length = read_u32(small_);
  skip(length + padding_of(length), State::name_length);
}

void TnefFrame::take_type() {
  const bool multiple = (value_.type & kMultiple) != 0;
  value_.type = static_cast<std::uint16_t>(value_.type & ~kMultiple);
  value_.is_message = false;
  padding_ = 0;
  if (multiple || is_variable(value_.type)) {
    return enter(State::value_count, kNumber);
  }
  values_ = 1;
  after_value();
}

void TnefFrame::take_value_length() {
  const auto length = read_u32(small_);
  padding_ = padding_of(length);
  if (value_.type != kTnefObject || length < kGuid) return begin_value(length);
  value_.length = length;
  enter(State::object_class, kGuid);
}

void TnefFrame::begin_value(std::uint64_t length) {
  value_.length = static_cast<std::uint32_t>(length);
  if (length > attribute_rest_) {
    damaged_ = true;
    length = attribute_rest_;
    padding_ = 0;
    values_ = properties_ = 0;
  }
  rest_ = length;
  state_ = State::value_begin;
}

// Behind a value, or before the first one.
void TnefFrame::after_value() {
  if (!in_properties()) {
    state_ = State::attribute_rest;
  } else if (padding_ > 0) {
    skip(std::exchange(padding_, 0), State::value_octets);
  } else if (values_ == 0) {
    next_property();
  } else if (--values_; is_variable(value_.type)) {
    enter(State::value_length, kNumber);
  } else if (const auto size = fixed_size(value_.type); size > 0) {
    padding_ = padding_of(size);
    begin_value(size);
  } else if (value_.type > kNull) {
    damaged_ = true;  // of a size not known
    state_ = State::attribute_rest;
  } else {
    next_property();
  }
}

void TnefFrame::next_property() {
  if (properties_ == 0) {
    state_ = State::attribute_rest;
    return;
  }
  --properties_;
  enter(State::tag, kNumber);
}

bool TnefFrame::in_properties() const noexcept {
  return value_.attribute == kTnefProperties ||
         value_.attribute == kTnefAttachment;
}

}  // namespace mailtool::mime
