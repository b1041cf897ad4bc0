// All octets once, and simple encoders, for the tests of old encodings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailtool::mime::test {

inline std::string all_octets() {
  std::string octets;
  for (int i = 0; i < 256; ++i) octets += static_cast<char>(i);
  return octets;
}

// The data lines of uuencode, without begin and end line.
inline std::string uuencoded_lines(std::string_view octets) {
  constexpr std::size_t kLine = 45;
  const auto character = [](std::uint32_t value) {
    value &= 63;
    return value == 0 ? '`' : static_cast<char>(value + 32);
  };
  std::string text;
  for (std::size_t i = 0; i < octets.size(); i += kLine) {
    const auto line = octets.substr(i, kLine);
    text += character(static_cast<std::uint32_t>(line.size()));
    for (std::size_t j = 0; j < line.size(); j += 3) {
      std::uint32_t group = 0;
      for (std::size_t k = j; k < j + 3; ++k) {
        group = group << 8 |
                (k < line.size() ? static_cast<unsigned char>(line[k]) : 0u);
      }
      for (int shift = 18; shift >= 0; shift -= 6) {
        text += character(group >> shift);
      }
    }
    text += '\n';
  }
  return text;
}

inline std::string uuencoded(std::string_view name, std::string_view octets) {
  return "begin 644 " + std::string(name) + "\n" + uuencoded_lines(octets) +
         "`\nend\n";
}

// CRC-32 bit by bit, to compare tables with.
inline std::uint32_t slow_crc32(std::string_view octets) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : octets) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
  }
  return ~crc;
}

inline std::string hex8(std::uint32_t value) {
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) {
    text += "0123456789abcdef"[value >> shift & 15];
  }
  return text;
}

// The data lines of yEnc.
inline std::string yenc_lines(std::string_view octets, std::size_t line = 128) {
  std::string text;
  std::size_t column = 0;
  for (const char c : octets) {
    auto value = static_cast<unsigned char>(static_cast<unsigned char>(c) + 42);
    if (value == 0 || value == '\n' || value == '\r' || value == '=' ||
        (column == 0 && value == '.')) {
      text += '=';
      value = static_cast<unsigned char>(value + 64);
      ++column;
    }
    text += static_cast<char>(value);
    if (++column >= line) {
      text += "\r\n";
      column = 0;
    }
  }
  if (column > 0) text += "\r\n";
  return text;
}

inline std::string yenc(std::string_view name, std::string_view octets) {
  const auto size = std::to_string(octets.size());
  return "=ybegin line=128 size=" + size + " name=" + std::string(name) +
         "\r\n" + yenc_lines(octets) + "=yend size=" + size +
         " crc32=" + hex8(slow_crc32(octets)) + "\r\n";
}

// Octets [begin, end) of `octets` as part `part` of `total`.
inline std::string yenc_part(std::string_view octets, int part, int total,
                             std::size_t begin, std::size_t end) {
  const auto piece = octets.substr(begin, end - begin);
  std::string text =
      "=ybegin part=" + std::to_string(part) +
      " total=" + std::to_string(total) +
      " line=128 size=" + std::to_string(octets.size()) +
      " name=parts.bin\r\n=ypart begin=" + std::to_string(begin + 1) +
      " end=" + std::to_string(end) + "\r\n";
  return text + yenc_lines(piece) +
         "=yend size=" + std::to_string(piece.size()) +
         " part=" + std::to_string(part) +
         " pcrc32=" + hex8(slow_crc32(piece)) +
         " crc32=" + hex8(slow_crc32(octets)) + "\r\n";
}

// Octets 0 to 255, a run mark 5 times, 300 times "a", and "bb", three run
// marks and "c", in BinHex, with a resource fork; made by another program.
inline constexpr std::string_view kBinHex =
    R"hqx((This file must be converted with BinHex 4.0)

:#@jKLQeP,Q*TEJ"849K8G(4iG!#3"!)h!!!!#fKF!!%#!`3&"JF)#3S,$!d1$a!
4%K-8&4BA'"ND'a`G(KmJ)5)M*#8Q*bJT+LXX,5i[-$%b-c3e0MFi16Sl2$dq2d"
"3N0%48C(5%P+5da06Np389*69&9@9eKC@PYFA9jIB'&LBf4PCQGSD@TVE'eZEh"
aFR0dGAChH(PkHhapIRq!JB+$K)@'KiL*LSZ-MBk2N!#4NT18PCDAQ*QDQjbGRTq
JSD+MT+@QTkLTUUZXVDk[X,'bXl5eYVHiZEUl[,fq[m$"`X2%aFE(b-R+bmc0cXr
3dG,6e0A@epMCfY[FhGlIi1(Liq6PjZISkHVVl1hZlr$am[2dpIEhq2Rkqrcpr[q
3!*!!N!#3!*!!BC$rBC!YBQ+3!*!!N!"M30pbCA0[GA*MC5%K)G&#:
)hqx";

inline std::string binhex_data() {
  return all_octets() + std::string(5, '\x90') + std::string(300, 'a') +
         "bb\x90\x90\x90"
         "c";
}

}  // namespace mailtool::mime::test
