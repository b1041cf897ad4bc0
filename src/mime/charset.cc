#include "mailtool/mime/charset.h"

#include <iconv.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "charset_tables.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::mime {

class CharsetDecoder::Conversion {
 public:
  virtual ~Conversion() = default;
  // Appends UTF-8 to `to`; holds back what is not complete yet.
  virtual void convert(std::string_view octets, std::string& to) = 0;
  virtual void finish(std::string& to) = 0;
  [[nodiscard]] bool replaced() const noexcept { return replaced_; }

 protected:
  bool replaced_ = false;
};

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

std::size_t ascii_run(std::string_view text) noexcept {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & 0x8080808080808080u) != 0) break;
  }
  while (i < text.size() && !is_8bit(text[i])) ++i;
  return i;
}

void append_from_table(const CharsetTable& table, char octet, std::string& to,
                       bool& replaced) {
  const auto value = table[static_cast<unsigned char>(octet) - 0x80u];
  if (value == 0xfffd) replaced = true;
  append_utf8(to, value);
}

// UTF-8 to UTF-8: valid sequences pass. What is invalid becomes U+FFFD, or,
// where the text was never said to be UTF-8, what it is in windows-1252.
class FromUtf8 : public CharsetDecoder::Conversion {
 public:
  explicit FromUtf8(bool guess) : guess_(guess) {}

  void convert(std::string_view octets, std::string& to) override {
    while (!held_.empty() && !octets.empty()) {
      held_ += octets.front();
      octets.remove_prefix(1);
      if (!incomplete(held_)) {
        const auto whole = std::exchange(held_, {});
        run(whole, to);
      }
    }
    run(octets, to);
  }

  void finish(std::string& to) override {
    for (const char octet : std::exchange(held_, {})) take_invalid(octet, to);
  }

 private:
  void run(std::string_view octets, std::string& to) {
    while (!octets.empty()) {
      if (const auto plain = ascii_run(octets); plain > 0) {
        to += octets.substr(0, plain);
        octets.remove_prefix(plain);
        continue;
      }
      const auto point = next_code_point(octets);
      if (point.valid) {
        to += octets.substr(0, point.octets);
      } else if (incomplete(octets)) {
        held_ = octets;
        return;
      } else {
        take_invalid(octets.front(), to);
      }
      octets.remove_prefix(point.octets);
    }
  }

  // True when more octets could make this one valid sequence.
  static bool incomplete(std::string_view octets) {
    const auto first = static_cast<unsigned char>(octets[0]);
    if (first < 0xc2 || first > 0xf4) return false;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (octets.size() >= length) return false;
    for (const char c : octets.substr(1)) {
      if ((static_cast<unsigned char>(c) & 0xc0u) != 0x80) return false;
    }
    return true;
  }

  void take_invalid(char octet, std::string& to) {
    replaced_ = true;
    if (guess_) {
      append_from_table(kWindows1252, octet, to, replaced_);
    } else {
      to += kReplacement;
    }
  }

  bool guess_;
  std::string held_;  // at most 3 octets
};

class FromTable : public CharsetDecoder::Conversion {
 public:
  explicit FromTable(const CharsetTable& table) : table_(table) {}

  void convert(std::string_view octets, std::string& to) override {
    while (!octets.empty()) {
      const auto plain = ascii_run(octets);
      to += octets.substr(0, plain);
      octets.remove_prefix(plain);
      if (octets.empty()) return;
      append_from_table(table_, octets.front(), to, replaced_);
      octets.remove_prefix(1);
    }
  }
  void finish(std::string&) override {}

 private:
  const CharsetTable& table_;
};

// The system's converter. What it makes is proved to be UTF-8 once more, since
// its tables are not ours.
class FromIconv : public CharsetDecoder::Conversion {
 public:
  static std::unique_ptr<FromIconv> open(const std::string& charset) {
    auto* const handle = iconv_open("UTF-8", charset.c_str());
    // iconv_open fails with (iconv_t)-1.
    if (handle == reinterpret_cast<iconv_t>(-1)) return nullptr;
    return std::make_unique<FromIconv>(handle);
  }
  explicit FromIconv(iconv_t handle) : handle_(handle) {}
  FromIconv(const FromIconv&) = delete;
  FromIconv& operator=(const FromIconv&) = delete;
  ~FromIconv() override { iconv_close(handle_); }

  void convert(std::string_view octets, std::string& to) override {
    std::string joined;
    if (!held_.empty()) {
      joined = std::exchange(held_, {});
      joined += octets;
      octets = joined;
    }
    // iconv takes char** but does not write through it.
    char* in = const_cast<char*>(octets.data());
    std::size_t left = octets.size();
    while (left > 0) {
      const int failure = step(&in, &left, to);
      if (failure == EINVAL && left <= kMaxHeld) {
        held_.assign(in, left);
        return;
      }
      if (failure == EILSEQ || failure == EINVAL) {
        replace_one(to);
        ++in;
        --left;
      }
    }
  }

  void finish(std::string& to) override {
    for (std::size_t i = 0; i < held_.size(); ++i) replace_one(to);
    held_.clear();
    step(nullptr, nullptr, to);
    check_.finish(to);
  }

 private:
  static constexpr std::size_t kMaxHeld = 32;

  void replace_one(std::string& to) {
    replaced_ = true;
    check_.convert(kReplacement, to);
  }

  // Converts into `to` until the input ends or cannot be read: 0 or errno.
  int step(char** in, std::size_t* left, std::string& to) {
    std::array<char, 4096> buffer;
    for (;;) {
      char* end = buffer.data();
      std::size_t room = buffer.size();
      errno = 0;
      const auto done = iconv(handle_, in, left, &end, &room);
      const int failure = done == static_cast<std::size_t>(-1) ? errno : 0;
      check_.convert({buffer.data(), buffer.size() - room}, to);
      if (failure != E2BIG) return failure;
    }
  }

  iconv_t handle_;
  std::string held_;
  FromUtf8 check_{false};
};

std::unique_ptr<CharsetDecoder::Conversion> make_conversion(
    std::string_view name, bool& known) {
  const auto charset = canonical_charset(name);
  if (charset == "utf-8") return std::make_unique<FromUtf8>(false);
  if (charset == "windows-1252") return std::make_unique<FromTable>(kWindows1252);
  if (charset == "iso-8859-15") return std::make_unique<FromTable>(kIso8859_15);
  if (charset == "koi8-r") return std::make_unique<FromTable>(kKoi8R);
  if (!charset.empty()) {
    if (auto system = FromIconv::open(charset)) return system;
  }
  known = charset.empty() && is_charset_name(trim(name));
  if (trim(name).empty()) known = true;
  return std::make_unique<FromUtf8>(true);
}

// One text, whole.
std::string convert_all(CharsetDecoder::Conversion& conversion,
                        std::string_view octets) {
  std::string text;
  text.reserve(octets.size());
  conversion.convert(octets, text);
  conversion.finish(text);
  return text;
}

}  // namespace

CharsetDecoder::CharsetDecoder(std::string_view charset, Sink& out)
    : out_(out), conversion_(make_conversion(charset, known_)) {}

CharsetDecoder::~CharsetDecoder() = default;

Result<void> CharsetDecoder::write(std::string_view octets) {
  // In pieces, so that what is held does not grow with what is written.
  constexpr std::size_t kPiece = 64 * 1024;
  while (!octets.empty()) {
    const auto piece = octets.substr(0, kPiece);
    octets.remove_prefix(piece.size());
    converted_.clear();
    conversion_->convert(piece, converted_);
    if (auto written = out_.write(converted_); !written) return written;
  }
  return {};
}

Result<void> CharsetDecoder::finish() {
  converted_.clear();
  conversion_->finish(converted_);
  return converted_.empty() ? Result<void>{} : out_.write(converted_);
}

bool CharsetDecoder::known() const noexcept { return known_; }

bool CharsetDecoder::replaced() const noexcept {
  return conversion_->replaced();
}

std::string to_utf8(std::string_view octets, std::string_view charset) {
  bool known = true;
  const auto conversion = make_conversion(charset, known);
  return convert_all(*conversion, octets);
}

std::string undeclared_to_utf8(std::string_view octets) {
  if (is_valid_utf8(octets)) return std::string(octets);
  FromTable conversion(kWindows1252);
  return convert_all(conversion, octets);
}

}  // namespace mailtool::mime
