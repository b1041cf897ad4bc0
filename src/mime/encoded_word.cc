#include "mailtool/mime/encoded_word.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "encoded_word_syntax.h"
#include "header_text.h"
#include "mailtool/base/ascii.h"

namespace mailtool::mime {
namespace {

using enum DefectRule;

// RFC 2047 section 2.
constexpr std::size_t kMaxWord = 75;

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char l = to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool is_line_white_space(char c) {
  return is_blank(c) || c == '\r' || c == '\n';
}

// The "Q" encoding: RFC 2047 section 4.2. False when it is not by the letter.
bool decode_q(std::string_view text, std::string& to) {
  bool legal = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool room = c == '=' && i + 2 < text.size();
    const int high = room ? hex_value(text[i + 1]) : -1;
    const int low = room ? hex_value(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      to += static_cast<char>(high << 4 | low);
      i += 2;
    } else if (c == '_') {
      to += ' ';
    } else {
      legal = legal && c > ' ' && c < 0x7f && c != '=' && c != '?';
      if (c != '\r' && c != '\n') to += c;
    }
  }
  return legal;
}

constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> base64_digits() {
  std::array<std::uint8_t, 256> digits{};
  for (auto& digit : digits) digit = kNoDigit;
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] =
        static_cast<std::uint8_t>(i);
  }
  return digits;
}

constexpr auto kBase64Digits = base64_digits();

// The "B" encoding, word after word of one run. Padding ends a group of four;
// what follows begins another.
class BaseDecoder {
 public:
  // False when the word is not by the letter.
  bool decode(std::string_view text, std::string& to) {
    join_or_begin(text);
    bool legal = true;
    std::size_t padding = 0;
    std::size_t owed = 0;
    for (const char c : text) {
      const auto digit = kBase64Digits[static_cast<unsigned char>(c)];
      if (digit != kNoDigit) {
        legal = legal && padding == 0;
        take(digit, to);
        continue;
      }
      if (c != '=') {
        legal = false;
        continue;
      }
      ++padding;
      if (digits_ % 4 != 0) owed = 4 - digits_ % 4;
      digits_ = 0;
    }
    return legal && digits_ % 4 == 0 && padding == owed;
  }

  void reset() { digits_ = 0; }

 private:
  void take(std::uint8_t digit, std::string& to) {
    bits_ = bits_ << 6 | digit;
    if (digits_++ % 4 == 0) return;
    const auto left = 6 - (digits_ + 3) % 4 * 2;  // 4, 2, 0
    to += static_cast<char>(bits_ >> left & 0xffu);
  }

  // A word may end within a group of four and go on in the next word. It does
  // when it ends in a single digit, which means nothing alone, or when only
  // both together are whole groups. Two digits may also be a group without its
  // padding; then the bits that are left over are zero.
  void join_or_begin(std::string_view text) {
    const auto open = digits_ % 4;
    digits_ = 0;
    if (open == 0) return;
    const auto octets = static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(),
                      [](char c) { return !is_line_white_space(c); }));
    const bool goes_on =
        open == 1 || (octets % 4 != 0 && (open + octets) % 4 == 0 &&
                      (open == 3 || (bits_ & 0x0fu) != 0));
    if (goes_on) digits_ = open;
  }

  std::uint32_t bits_ = 0;
  std::size_t digits_ = 0;  // of the group of four
};

class WordDecoder {
 public:
  WordDecoder(std::string_view value, std::string& to)
      : value_(value), to_(to) {}

  DefectSet decode() {
    std::size_t at = 0;
    for (;;) {
      const auto start = value_.find("=?", at);
      if (start == value_.npos) break;
      bool tried = false;
      const auto word = read_encoded_word(value_.substr(start), &tried);
      if (!word) {
        if (tried) defects_.add(malformed_encoded_word);
        at = start + 2;
        continue;
      }
      take_plain(value_.substr(plain_begin_, start - plain_begin_), true);
      check_place(start, start + word->length);
      take_word(*word);
      at = plain_begin_ = start + word->length;
    }
    take_plain(value_.substr(plain_begin_), false);
    end_run();
    return defects_;
  }

 private:
  // White space between two encoded words separates nothing (section 6.2).
  void take_plain(std::string_view plain, bool word_follows) {
    const bool separates =
        in_run_ && word_follows &&
        std::all_of(plain.begin(), plain.end(), is_line_white_space);
    if (separates) return;
    end_run();
    const auto begin = to_.size();
    append_unfolded(plain, to_);
    raw_to_text(to_, begin);
  }

  // Section 5: white space on both sides, or the parentheses of a comment.
  void check_place(std::size_t begin, std::size_t end) {
    const char before = begin == 0 ? ' ' : value_[begin - 1];
    const char after = end == value_.size() ? ' ' : value_[end];
    const bool apart = (is_line_white_space(before) || before == '(') &&
                       (is_line_white_space(after) || after == ')');
    if (!apart || end - begin > kMaxWord) defects_.add(malformed_encoded_word);
  }

  // Words of one charset are one text: a character may be split over two.
  void take_word(const EncodedWord& word) {
    if (in_run_ && !iequals(charset_, word.charset)) end_run();
    if (!in_run_) run_begin_ = to_.size();
    charset_ = word.charset;
    in_run_ = true;
    if (!word.base64) base_.reset();
    const bool legal = word.base64 ? base_.decode(word.text, to_)
                                   : decode_q(word.text, to_);
    if (!legal) defects_.add(malformed_encoded_word);
  }

  void end_run() {
    if (!in_run_) return;
    to_text(to_, run_begin_, charset_, defects_);
    base_.reset();
    in_run_ = false;
  }

  std::string_view value_;
  std::string& to_;
  DefectSet defects_;
  std::size_t plain_begin_ = 0;
  std::size_t run_begin_ = 0;  // in to_: octets of the run, in charset_
  BaseDecoder base_;
  std::string_view charset_;
  bool in_run_ = false;
};

}  // namespace

void decode_encoded_words(std::string_view value, std::string& append_to,
                          DefectSet* defects) {
  if (plain_length(value) == value.size()) {
    append_to += value;
    return;
  }
  const auto found = WordDecoder(value, append_to).decode();
  if (defects != nullptr) defects->add(found);
}

std::string decode_encoded_words(std::string_view value) {
  std::string text;
  decode_encoded_words(value, text);
  return text;
}

}  // namespace mailtool::mime
