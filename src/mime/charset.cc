#include "mailtool/mime/charset.h"

#include <array>

#include "mailtool/base/sink.h"
#include "mailtool/base/utf8.h"
#include "mime/charset_conversion.h"
#include "mime/charset_output.h"
#include "mime/charset_registry.h"

namespace mailtool::mime {

class CharsetDecoder::Engine {
 public:
  void reset(std::string_view name, Sink& out) {
    output_.reset(out);
    offset_ = 0;
    const auto* const charset = find_charset(name);
    known_ = charset != nullptr && begin(*charset);
    if (!known_) begin(undeclared_charset());
  }

  Result<void> write(std::string_view octets) {
    // In pieces, so that a sink which fails is not kept waiting.
    constexpr std::size_t kPiece = 256 * 1024;
    while (!octets.empty()) {
      const auto piece = octets.substr(0, kPiece);
      conversion_->take(piece, offset_, output_);
      octets.remove_prefix(piece.size());
      offset_ += piece.size();
      if (auto written = output_.flush(); !written) return written;
    }
    return {};
  }

  Result<void> finish() {
    conversion_->finish(offset_, output_);
    return output_.flush();
  }

  [[nodiscard]] bool known() const noexcept { return known_; }
  [[nodiscard]] const CharsetFindings& findings() const noexcept {
    return output_.findings();
  }

 private:
  enum Way : std::size_t { utf8, table, utf7, utf16, iso2022, system, count };

  static Way way_of(CharsetScheme scheme) {
    switch (scheme) {
      case CharsetScheme::undeclared:
      case CharsetScheme::utf8: return utf8;
      case CharsetScheme::table: return table;
      case CharsetScheme::utf7: return utf7;
      case CharsetScheme::utf16:
      case CharsetScheme::utf16be:
      case CharsetScheme::utf16le:
      case CharsetScheme::utf32:
      case CharsetScheme::utf32be:
      case CharsetScheme::utf32le: return utf16;
      case CharsetScheme::iso2022jp:
      case CharsetScheme::iso2022kr:
      case CharsetScheme::iso2022cn:
      case CharsetScheme::hz: return iso2022;
      case CharsetScheme::system: return system;
    }
    return utf8;
  }

  bool begin(const Charset& charset) {
    using Make = ConversionPointer (*)();
    constexpr std::array<Make, count> kMake = {
        make_utf8_conversion,  make_table_conversion,   make_utf7_conversion,
        make_utf16_conversion, make_iso2022_conversion, make_system_conversion};
    const auto way = way_of(charset.scheme);
    auto& made = conversions_[way];
    if (made == nullptr) made = kMake[way]();
    conversion_ = made.get();
    return conversion_->reset(charset);
  }

  CharsetOutput output_;
  std::array<ConversionPointer, count> conversions_;
  CharsetConversion* conversion_ = nullptr;  // one of them
  std::uint64_t offset_ = 0;                 // octets written
  bool known_ = true;
};

CharsetDecoder::CharsetDecoder() : engine_(std::make_unique<Engine>()) {}

CharsetDecoder::CharsetDecoder(std::string_view charset, Sink& out)
    : CharsetDecoder() {
  reset(charset, out);
}

CharsetDecoder::~CharsetDecoder() = default;
CharsetDecoder::CharsetDecoder(CharsetDecoder&&) noexcept = default;
CharsetDecoder& CharsetDecoder::operator=(CharsetDecoder&&) noexcept = default;

void CharsetDecoder::reset(std::string_view charset, Sink& out) {
  engine_->reset(charset, out);
}

Result<void> CharsetDecoder::write(std::string_view octets) {
  return engine_->write(octets);
}

Result<void> CharsetDecoder::finish() { return engine_->finish(); }

bool CharsetDecoder::known() const noexcept { return engine_->known(); }

bool CharsetDecoder::replaced() const noexcept {
  return engine_->findings().replaced > 0;
}

const CharsetFindings& CharsetDecoder::findings() const noexcept {
  return engine_->findings();
}

std::string to_utf8(std::string_view octets, std::string_view charset) {
  // One for all header values of a thread: it keeps its tables and converters.
  thread_local CharsetDecoder decoder;
  // Without a limit: what comes is a multiple of what was given.
  std::string text;
  text.reserve(octets.size());
  AppendSink appended(text);
  decoder.reset(charset, appended);
  // Which does not fail.
  static_cast<void>(decoder.write(octets));
  static_cast<void>(decoder.finish());
  return text;
}

std::string undeclared_to_utf8(std::string_view octets) {
  return is_valid_utf8(octets) ? std::string(octets)
                               : to_utf8(octets, "windows-1252");
}

}  // namespace mailtool::mime
