#include "mailtool/mime/encoded_word.h"

#include <algorithm>
#include <optional>

#include "mailtool/base/ascii.h"
#include "mailtool/base/base64.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

// encoded-word = "=?" charset "?" encoding "?" encoded-text "?="
struct EncodedWord {
  std::string_view charset;  // may carry "*language"
  bool base64 = false;
  std::string_view text;
  std::size_t length = 0;  // of the whole word
};

// Where the text that begins at `begin` ends, that is, where its "?=" stands.
// Another "=?" before it means that this word was never finished.
std::size_t end_of_text(std::string_view value, std::size_t begin) {
  for (std::size_t i = begin; i + 1 < value.size(); ++i) {
    if (value[i] == '?' && value[i + 1] == '=') return i;
    const bool another = value[i] == '=' && value[i + 1] == '?' &&
                         (i + 2 >= value.size() || value[i + 2] != '=');
    if (another) return kNowhere;
  }
  return kNowhere;
}

// The word that `value` begins with.
std::optional<EncodedWord> read_word(std::string_view value) {
  constexpr std::size_t kMaxCharset = 80;
  EncodedWord word;
  const auto charset_end = value.substr(0, kMaxCharset).find('?', 2);
  if (charset_end == kNowhere) return std::nullopt;
  word.charset = value.substr(2, charset_end - 2);
  if (!is_charset_name(word.charset.substr(0, word.charset.find('*')))) {
    return std::nullopt;
  }
  if (value.size() < charset_end + 3 || value[charset_end + 2] != '?') {
    return std::nullopt;
  }
  const char encoding = to_lower(value[charset_end + 1]);
  if (encoding != 'q' && encoding != 'b') return std::nullopt;
  word.base64 = encoding == 'b';
  const auto begin = charset_end + 3;
  const auto end = end_of_text(value, begin);
  if (end == kNowhere) return std::nullopt;
  word.text = value.substr(begin, end - begin);
  word.length = end + 2;
  return word;
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char l = to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// The "Q" encoding: RFC 2047 section 4.2.
void decode_q(std::string_view text, std::string& to) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '_') {
      to += ' ';
    } else if (c == '=' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
               hex_value(text[i + 2]) >= 0) {
      to += static_cast<char>(hex_value(text[i + 1]) << 4 |
                              hex_value(text[i + 2]));
      i += 2;
    } else if (c != '\r' && c != '\n') {
      to += c;
    }
  }
}

bool is_line_white_space(char c) {
  return is_blank(c) || c == '\r' || c == '\n';
}

class WordDecoder {
 public:
  std::string decode(std::string_view value) {
    value_ = value;
    std::size_t at = 0;
    while (at < value_.size()) {
      const auto start = value_.find("=?", at);
      if (start == kNowhere) break;
      const auto word = read_word(value_.substr(start));
      if (!word) {
        at = start + 2;
        continue;
      }
      take_plain(value_.substr(plain_begin_, start - plain_begin_), true);
      take_word(*word);
      at = plain_begin_ = start + word->length;
    }
    take_plain(value_.substr(plain_begin_), false);
    end_run();
    return std::move(text_);
  }

 private:
  // White space between two encoded words separates nothing (section 6.2).
  void take_plain(std::string_view plain, bool word_follows) {
    bool all_white = true;
    for (const char c : plain) all_white = all_white && is_line_white_space(c);
    if (in_run_ && word_follows && all_white) return;
    end_run();
    std::string unfolded;
    for (const char c : plain) {
      if (c != '\r' && c != '\n') unfolded += c;
    }
    append_safe(undeclared_to_utf8(unfolded));
  }

  // Words of one charset are one text: a character may be split over two.
  void take_word(const EncodedWord& word) {
    if (in_run_ && !iequals(charset_, word.charset)) end_run();
    charset_ = word.charset;
    in_run_ = true;
    if (word.base64) {
      decode_b(word.text);
    } else {
      quantum_.clear();
      decode_q(word.text, octets_);
    }
  }

  // A word that ends one character into a quantum goes on in the next word.
  void decode_b(std::string_view text) {
    std::string joined = std::exchange(quantum_, {});
    std::size_t characters = joined.size();
    for (const char c : text) {
      if (is_line_white_space(c)) continue;
      joined += c;
      ++characters;
    }
    if (characters % 4 == 1 && joined.find('=') == kNowhere) {
      quantum_ = joined.back();
      joined.pop_back();
    }
    StringSink octets(joined.size());
    Base64Decoder decoder(octets);
    // A StringSink this large cannot be full.
    if (decoder.write(joined) && decoder.finish()) octets_ += octets.text();
  }

  void end_run() {
    if (!in_run_) return;
    append_safe(to_utf8(octets_, charset_));
    octets_.clear();
    quantum_.clear();
    in_run_ = false;
  }

  void append_safe(std::string_view text) {
    for (const char c : text) {
      if (c == '\r' || c == '\n' || c == '\0') {
        append_utf8(text_, 0xfffd);
      } else {
        text_ += c;
      }
    }
  }

  std::string_view value_;
  std::size_t plain_begin_ = 0;
  std::string text_;
  std::string octets_;   // decoded words of the run, in charset_
  std::string quantum_;  // what is left of a base64 word
  std::string_view charset_;
  bool in_run_ = false;
};

// What may stand for itself in a Q word in a phrase: section 5 (3).
bool is_q_plain(char c) {
  return is_alpha(c) || is_digit(c) || c == '!' || c == '*' || c == '+' ||
         c == '-' || c == '/';
}

std::size_t q_length(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) length += is_q_plain(c) || c == ' ' ? 1u : 3u;
  return length;
}

std::string encode_q(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (is_q_plain(c)) {
      encoded += c;
    } else if (c == ' ') {
      encoded += '_';
    } else {
      const auto value = static_cast<unsigned char>(c);
      encoded += '=';
      encoded += kHex[value >> 4];
      encoded += kHex[value & 15];
    }
  }
  return encoded;
}

}  // namespace

std::string decode_encoded_words(std::string_view value) {
  return WordDecoder().decode(value);
}

void decode_encoded_words(std::string_view value, std::string& append_to,
                          DefectSet*) {
  append_to += decode_encoded_words(value);
}

bool needs_encoding(std::string_view text) noexcept {
  for (const char c : text) {
    if (is_8bit(c) || (is_control(c) && c != '\t')) return true;
  }
  return text.find("=?") != text.npos;
}

std::string encode_words(std::string_view text, std::size_t before) {
  if (!needs_encoding(text)) return std::string(text);
  // 75 octets, less "=?utf-8?Q?" and "?=".
  constexpr std::size_t kRoom = 63;
  constexpr std::size_t kMaxBefore = 40;
  const auto utf8 = undeclared_to_utf8(text);
  const bool base64 = (utf8.size() + 2) / 3 * 4 < q_length(utf8);
  std::string words;
  std::string_view rest = utf8;
  std::size_t room = kRoom - std::min(before, kMaxBefore);
  while (!rest.empty()) {
    std::size_t end = 0;
    std::size_t used = 0;
    while (end < rest.size()) {
      const std::size_t octets = next_code_point(rest.substr(end)).octets;
      const auto cost = base64 ? octets : q_length(rest.substr(end, octets));
      if (used + cost > (base64 ? room / 4 * 3 : room)) break;
      used += cost;
      end += octets;
    }
    if (!words.empty()) words += ' ';
    const auto piece = rest.substr(0, end);
    words += base64 ? "=?utf-8?B?" + base64_encode(piece)
                    : "=?utf-8?Q?" + encode_q(piece);
    words += "?=";
    rest.remove_prefix(end);
    room = kRoom;
  }
  return words;
}

}  // namespace mailtool::mime
