// Which charset a name means.
#include <algorithm>
#include <array>
#include <iterator>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/charset.h"
#include "mime/charset_aliases.h"
#include "mime/charset_registry.h"

namespace mailtool::mime {
namespace {

using S = CharsetScheme;
using L = CharsetLeads;

// By CharsetId. Where two charsets have one name in mail, the one that has the
// other's characters too stands here, as on the web: gb18030 for gb2312, cp932
// for shift_jis, windows-1254 for iso-8859-9.
constexpr Charset kCharsets[] = {
    {"", S::undeclared},
    {"utf-8", S::utf8},
    {"windows-1252", S::table, &kWindows1252},
    {"iso-8859-2", S::table, &kIso8859_2},
    {"iso-8859-3", S::table, &kIso8859_3},
    {"iso-8859-4", S::table, &kIso8859_4},
    {"iso-8859-5", S::table, &kIso8859_5},
    {"iso-8859-6", S::table, &kIso8859_6},
    {"iso-8859-7", S::table, &kIso8859_7},
    {"iso-8859-8", S::table, &kIso8859_8},
    {"windows-1254", S::table, &kWindows1254},
    {"iso-8859-10", S::table, &kIso8859_10},
    {"windows-874", S::table, &kWindows874},
    {"iso-8859-13", S::table, &kIso8859_13},
    {"iso-8859-14", S::table, &kIso8859_14},
    {"iso-8859-15", S::table, &kIso8859_15},
    {"iso-8859-16", S::table, &kIso8859_16},
    {"windows-1250", S::table, &kWindows1250},
    {"windows-1251", S::table, &kWindows1251},
    {"windows-1253", S::table, &kWindows1253},
    {"windows-1255", S::table, &kWindows1255},
    {"windows-1256", S::table, &kWindows1256},
    {"windows-1257", S::table, &kWindows1257},
    {"windows-1258", S::table, &kWindows1258},
    {"koi8-r", S::table, &kKoi8R},
    {"koi8-u", S::table, &kKoi8U},
    {"koi8-t", S::table, &kKoi8T},
    {"cp437", S::table, &kCp437},
    {"cp737", S::table, &kCp737},
    {"cp775", S::table, &kCp775},
    {"cp850", S::table, &kCp850},
    {"cp852", S::table, &kCp852},
    {"cp855", S::table, &kCp855},
    {"cp857", S::table, &kCp857},
    {"cp858", S::table, &kCp858},
    {"cp862", S::table, &kCp862},
    {"cp866", S::table, &kCp866},
    {"cp1125", S::table, &kCp1125},
    {"macintosh", S::table, &kMacintosh},
    {"mac-cyrillic", S::table, &kMacCyrillic},
    {"mac-ce", S::table, &kMacCentralEurope},
    {"mac-greek", S::table, &kMacGreek},
    {"mac-turkish", S::table, &kMacTurkish},
    {"ptcp154", S::table, &kPtCp154},
    {"kz-1048", S::table, &kKz1048},
    {"utf-7", S::utf7},
    {"utf-16", S::utf16},
    {"utf-16be", S::utf16be},
    {"utf-16le", S::utf16le},
    {"utf-32", S::utf32},
    {"utf-32be", S::utf32be},
    {"utf-32le", S::utf32le},
    {"iso-2022-jp", S::iso2022jp},
    {"iso-2022-kr", S::iso2022kr},
    {"iso-2022-cn", S::iso2022cn},
    {"hz", S::hz},
    {"gb18030", S::system, nullptr, {"GB18030", "GBK"}, L::pairs},
    {"big5", S::system, nullptr, {"BIG5-HKSCS", "CP950"}, L::pairs},
    {"euc-tw", S::system, nullptr, {"EUC-TW"}, L::euc_tw},
    {"euc-jp", S::system, nullptr, {"EUC-JP-MS", "EUC-JP"}, L::euc_jp},
    {"shift_jis", S::system, nullptr, {"CP932", "SHIFT_JIS"}, L::shift_jis},
    {"euc-kr", S::system, nullptr, {"UHC", "EUC-KR"}, L::pairs},
    {"johab", S::system, nullptr, {"JOHAB"}, L::johab},
    {"viscii", S::system, nullptr, {"VISCII"}},
    {"tcvn", S::system, nullptr, {"TCVN"}},
    {"armscii-8", S::system, nullptr, {"ARMSCII-8"}},
    {"georgian-ps", S::system, nullptr, {"GEORGIAN-PS"}},
    {"georgian-academy", S::system, nullptr, {"GEORGIAN-ACADEMY"}},
    {"hp-roman8", S::system, nullptr, {"HP-ROMAN8"}},
    {"iso-ir-111", S::system, nullptr, {"ECMA-CYRILLIC"}},
    {"cp1133", S::system, nullptr, {"CP1133"}},
    {"mac-icelandic", S::table, &kMacIcelandic},
    {"cp860", S::system, nullptr, {"CP860"}},
    {"cp861", S::system, nullptr, {"CP861"}},
    {"cp863", S::system, nullptr, {"CP863"}},
    {"cp864", S::system, nullptr, {"CP864"}},
    {"cp865", S::system, nullptr, {"CP865"}},
    {"cp869", S::system, nullptr, {"CP869"}},
};

constexpr bool is_ordered() {
  for (std::size_t i = 1; i < std::size(kCharsetAliases); ++i) {
    if (kCharsetAliases[i - 1].name >= kCharsetAliases[i].name)
      return false;
  }
  return true;
}
static_assert(is_ordered());
static_assert(std::size(kCharsets) ==
              static_cast<std::size_t>(CharsetId::cp869) + 1);

constexpr std::size_t kMaxName = 48;

// What is compared of a name: its letters and digits, in lower case, as
// Unicode's Technical Standard 22 section 1.4 has it.
struct Squeezed {
  std::array<char, kMaxName> characters{};
  std::size_t size = 0;

  [[nodiscard]] std::string_view view() const noexcept {
    return {characters.data(), size};
  }
};

bool is_name_character(char c) noexcept {
  return is_alpha(c) || is_digit(c) ||
         std::string_view("-_.:+()").find(c) != std::string_view::npos;
}

// Nothing for what can be no charset. A blank inside is a slip of the sender.
Squeezed squeeze(std::string_view name) noexcept {
  Squeezed squeezed;
  if (name.size() > kMaxName)
    return squeezed;
  for (const char c : name) {
    if (!is_name_character(c) && c != ' ')
      return {};
    if (is_alpha(c) || is_digit(c)) {
      squeezed.characters[squeezed.size++] = to_lower(c);
    }
  }
  return squeezed;
}

const Charset *look_up(std::string_view squeezed) noexcept {
  const auto *const alias = std::lower_bound(
      std::begin(kCharsetAliases), std::end(kCharsetAliases), squeezed,
      [](const CharsetAlias &entry, std::string_view key) {
        return entry.name < key;
      });
  if (alias == std::end(kCharsetAliases) || alias->name != squeezed) {
    return nullptr;
  }
  return &kCharsets[static_cast<std::size_t>(alias->charset)];
}

bool is_wrapping(char c) noexcept {
  return is_blank(c) || c == '"' || c == '\'';
}

// Without the quotes and blanks around it and, RFC 2231 section 5, without the
// language behind it.
std::string_view bare(std::string_view name) noexcept {
  name = name.substr(0, name.find('*'));
  while (!name.empty() && is_wrapping(name.front()))
    name.remove_prefix(1);
  while (!name.empty() && is_wrapping(name.back()))
    name.remove_suffix(1);
  return name;
}

} // namespace

const Charset *find_charset(std::string_view name) noexcept {
  name = bare(name);
  if (name.empty())
    return &kCharsets[0];
  const auto squeezed = squeeze(name);
  if (squeezed.size == 0)
    return nullptr;
  if (const auto *const charset = look_up(squeezed.view()))
    return charset;
  if (!istarts_with(name, "x-"))
    return nullptr;
  return look_up(squeezed.view().substr(1));
}

const Charset &undeclared_charset() noexcept { return kCharsets[0]; }

bool is_charset_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 40 &&
         std::all_of(name.begin(), name.end(), is_name_character);
}

std::string_view canonical_charset(std::string_view name) noexcept {
  const auto *const charset = find_charset(name);
  return charset == nullptr ? std::string_view() : charset->name;
}

bool is_known_charset(std::string_view name) noexcept {
  return find_charset(name) != nullptr;
}

} // namespace mailtool::mime
