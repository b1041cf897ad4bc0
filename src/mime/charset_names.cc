// Names of charsets: what may be asked for, and what is meant by it.
#include <algorithm>
#include <array>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/charset.h"

namespace mailtool::mime {
namespace {

using Alias = std::pair<std::string_view, std::string_view>;

// Names seen in mail that iconv does not know, or reads too narrowly. Sorted.
constexpr std::array kAliases = {
    Alias{"ansi_x3.4-1968", ""},
    Alias{"ascii", ""},
    Alias{"big5", "big5-hkscs"},
    Alias{"binary", ""},
    Alias{"cp-1250", "windows-1250"},
    Alias{"cp-1251", "windows-1251"},
    Alias{"cp-1252", "windows-1252"},
    Alias{"cp-850", "cp850"},
    Alias{"cp1252", "windows-1252"},
    Alias{"euc-kr", "cp949"},
    Alias{"gb2312", "gb18030"},
    Alias{"gb_2312-80", "gb18030"},
    Alias{"gbk", "gb18030"},
    Alias{"hz-gb-2312", "hz"},
    Alias{"iso-2022-jp", "iso-2022-jp-3"},
    Alias{"iso-2022-jp-ms", "iso-2022-jp-3"},
    Alias{"iso-8859-1", "windows-1252"},
    Alias{"iso-8859-6-e", "iso-8859-6"},
    Alias{"iso-8859-6-i", "iso-8859-6"},
    Alias{"iso-8859-8-e", "iso-8859-8"},
    Alias{"iso-8859-8-i", "iso-8859-8"},
    Alias{"iso-8859-9", "windows-1254"},
    Alias{"iso8859-1", "windows-1252"},
    Alias{"iso8859-15", "iso-8859-15"},
    Alias{"iso_8859-1", "windows-1252"},
    Alias{"ks_c_5601-1987", "cp949"},
    Alias{"latin-1", "windows-1252"},
    Alias{"latin-9", "iso-8859-15"},
    Alias{"latin1", "windows-1252"},
    Alias{"latin9", "iso-8859-15"},
    Alias{"macintosh", "macintosh"},
    Alias{"shift_jis", "cp932"},
    Alias{"sjis", "cp932"},
    Alias{"tis-620", "cp874"},
    Alias{"unicode-1-1-utf-7", "utf-7"},
    Alias{"unicode-1-1-utf-8", "utf-8"},
    Alias{"unknown-8bit", ""},
    Alias{"us-ascii", ""},
    Alias{"utf-16", "utf-16"},
    Alias{"utf8", "utf-8"},
    Alias{"utf8mb4", "utf-8"},
    Alias{"windows-874", "cp874"},
    Alias{"windows-949", "cp949"},
    Alias{"x-euc-jp", "euc-jp"},
    Alias{"x-gbk", "gb18030"},
    Alias{"x-mac-cyrillic", "mac-cyrillic"},
    Alias{"x-mac-roman", "macintosh"},
    Alias{"x-sjis", "cp932"},
    Alias{"x-unknown", ""},
    Alias{"x-user-defined", ""},
    Alias{"x-windows-949", "cp949"},
};
static_assert(std::is_sorted(kAliases.begin(), kAliases.end()));

// Names that mean something to the converter alone: its own memory layouts.
bool is_internal(std::string_view name) {
  return name == "char" || name == "wchar_t" || name == "internal" ||
         name.ends_with("-internal");
}

}  // namespace

bool is_charset_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > 40) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_alpha(c) || is_digit(c) ||
           std::string_view("-_.:+()").find(c) != std::string_view::npos;
  });
}

std::string canonical_charset(std::string_view name) {
  name = trim(name);
  // RFC 2231 section 5: a language may follow.
  name = name.substr(0, name.find('*'));
  if (!is_charset_name(name)) return {};
  auto wanted = lower(name);
  const auto alias = std::lower_bound(
      kAliases.begin(), kAliases.end(), wanted,
      [](const Alias& entry, const std::string& key) { return entry.first < key; });
  if (alias != kAliases.end() && alias->first == wanted) {
    return std::string(alias->second);
  }
  return is_internal(wanted) ? std::string() : wanted;
}

}  // namespace mailtool::mime
