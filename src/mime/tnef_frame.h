// The framing of one TNEF stream: attributes and MAPI properties as values,
// whatever they mean. [MS-OXTNEF] section 2.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailtool::mime {

// attachment: the property list of one attachment.
enum TnefAttribute : std::uint32_t {
  kTnefSubject = 0x00018004,
  kTnefBody = 0x0002800c,
  kTnefDateSent = 0x00038005,
  kTnefDateReceived = 0x00038006,
  kTnefMessageClass = 0x00078008,
  kTnefAttachTitle = 0x00018010,
  kTnefAttachData = 0x0006800f,
  kTnefAttachRendData = 0x00069002,
  kTnefProperties = 0x00069003,
  kTnefAttachment = 0x00069005,
  kTnefOemCodepage = 0x00069007
};

// What stands in an attribute: its data, or one value of one property.
struct TnefValue {
  std::uint32_t attribute = 0;
  bool of_attachment = false;
  std::uint16_t property = 0;  // 0: the attribute's own data
  std::uint16_t type = 0;      // of a property, without the multiple flag
  bool is_message = false;     // an object that is a TNEF stream
  std::uint32_t length = 0;    // as announced; an object's without its class
};

// MAPI property types.
inline constexpr std::uint16_t kTnefLong = 0x0003;
inline constexpr std::uint16_t kTnefObject = 0x000d;
inline constexpr std::uint16_t kTnefString8 = 0x001e;
inline constexpr std::uint16_t kTnefUnicode = 0x001f;
inline constexpr std::uint16_t kTnefTime = 0x0040;
inline constexpr std::uint16_t kTnefBinary = 0x0102;

// Reads octets as they arrive and says what they are, one event at a time.
// Holds at most 20 octets back.
class TnefFrame {
 public:
  enum class Event : std::uint8_t {
    more,       // all octets are used up
    attribute,  // value() tells which
    value,      // value() tells of what
    octets,     // piece(): of the value
    value_end,
    attribute_end,  // damaged(): its checksum or its properties are wrong
    lost            // no TNEF from here on; the last event
  };

  Event next(std::string_view& octets);
  [[nodiscard]] const TnefValue& value() const noexcept { return value_; }
  [[nodiscard]] std::string_view piece() const noexcept { return piece_; }
  [[nodiscard]] bool damaged() const noexcept { return damaged_; }
  // Octets of the value to come, as far as the attribute reaches.
  [[nodiscard]] std::uint64_t value_rest() const noexcept { return rest_; }
  // True where the stream may end.
  [[nodiscard]] bool at_end() const noexcept {
    return state_ == State::header && small_.empty();
  }
  // `octets` of the value were read by another frame; their sum is `sum`.
  void pass(std::uint64_t octets, std::uint16_t sum) noexcept;

 private:
  enum class State : std::uint8_t {
    signature,
    header,
    count,  // of properties
    tag,
    name_guid,
    name_number,
    name_length,
    value_count,
    value_length,
    object_class,
    value_begin,
    value_octets,
    skip,  // a name or padding
    attribute_rest,
    checksum,
    lost
  };

  void enter(State state, std::size_t need);
  void skip(std::uint64_t octets, State of);
  void after_skip();
  Event take_header();
  void take_small();
  void take_tag();
  void take_name_length();
  void take_value_length();
  void take_type();
  void begin_value(std::uint64_t length);
  void after_value();
  void next_property();
  void consume(std::string_view& octets, std::size_t count);
  void consume_rest(std::string_view& octets, std::uint64_t& rest);
  [[nodiscard]] bool in_properties() const noexcept;

  State state_ = State::signature;
  State then_ = State::tag;  // of which one is skipped
  std::string small_;        // of fixed size, being read
  std::size_t need_ = 6;     // octets small_ needs
  TnefValue value_;
  std::string_view piece_;
  std::uint64_t attribute_rest_ = 0;
  std::uint64_t rest_ = 0;    // of the value or of what is skipped
  std::uint64_t values_ = 0;  // of the property, to come
  std::uint32_t properties_ = 0;
  std::uint64_t padding_ = 0;  // behind the value
  std::uint16_t sum_ = 0;
  bool damaged_ = false;
};

// The sum of all octets modulo 65536: the checksum of TNEF.
[[nodiscard]] std::uint16_t tnef_sum(std::string_view octets) noexcept;

}  // namespace mailtool::mime
