// Builds TNEF streams for tests, right or wrong in every field.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "mime/tnef_frame.h"

namespace mailtool::mime::test {

inline std::string le(std::uint64_t value, int octets) {
  std::string text;
  for (int i = 0; i < octets; ++i)
    text += static_cast<char>(value >> 8 * i & 0xff);
  return text;
}
inline std::string le32(std::uint64_t value) { return le(value, 4); }

inline std::string padded(std::string text) {
  text.resize((text.size() + 3) / 4 * 4, '\0');
  return text;
}

inline std::string utf16(std::string_view ascii) {
  std::string text;
  for (const char c : ascii) text += {c, '\0'};
  return text;
}

// One property with one value of variable size.
inline std::string property(std::uint16_t id, std::uint16_t type,
                            std::string_view value) {
  return le(type, 2) + le(id, 2) + le32(1) + le32(value.size()) +
         padded(std::string(value));
}
// A property of 4 or 8 octets.
inline std::string fixed_property(std::uint16_t id, std::uint16_t type,
                                  std::string_view value) {
  return le(type, 2) + le(id, 2) + std::string(value);
}

// A list of properties: the data of kTnefProperties and kTnefAttachment.
inline std::string properties(std::initializer_list<std::string> list) {
  auto text = le32(list.size());
  for (const auto& one : list) text += one;
  return text;
}

inline std::string attribute(int level, std::uint32_t id,
                             std::string_view data) {
  return le(static_cast<std::uint64_t>(level), 1) + le32(id) +
         le32(data.size()) + std::string(data) + le(tnef_sum(data), 2);
}

inline std::string tnef(std::initializer_list<std::string> attributes) {
  auto text = le32(0x223e9f78) + le(1, 2);
  for (const auto& one : attributes) text += one;
  return text;
}

inline std::string code_page(std::uint32_t number) {
  return attribute(1, kTnefOemCodepage, le32(number) + le32(0));
}

inline std::string render_data() {
  return attribute(2, kTnefAttachRendData, std::string(14, '\0'));
}

// A message within an attachment: the value of its data property.
inline std::string message_object(std::string_view stream) {
  return std::string("\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", 16) +
         std::string(stream);
}

// An attachment that holds `stream` as a message.
inline std::string message_attachment(std::string_view stream) {
  return render_data() +
         attribute(
             2, kTnefAttachment,
             properties(
                 {property(0x3701, kTnefObject, message_object(stream)),
                  property(0x3001, kTnefString8, std::string("inner\0", 6))}));
}

// The example of [MS-OXRTFCP], with the text it stands for.
inline constexpr std::string_view kRtfText =
    "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n";
inline std::string compressed_rtf() {
  constexpr std::string_view octets(
      "\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00"
      "\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09"
      "\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0",
      49);
  return std::string(octets);
}

}  // namespace mailtool::mime::test
