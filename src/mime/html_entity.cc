#include "mime/html_entity.h"

#include <cstdint>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::mime {
namespace {

struct Entity {
  std::string_view name;
  char32_t value;
};

// Names from the HTML standard; Latin-1's are in the order of their code points
// from U+00A0 on, so that they need no numbers.
constexpr std::string_view kLatin1[] = {
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar",
    "sect",   "uml",    "copy",   "ordf",   "laquo",  "not",    "shy",
    "reg",    "macr",   "deg",    "plusmn", "sup2",   "sup3",   "acute",
    "micro",  "para",   "middot", "cedil",  "sup1",   "ordm",   "raquo",
    "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",
    "Atilde", "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute",
    "Ecirc",  "Euml",   "Igrave", "Iacute", "Icirc",  "Iuml",   "ETH",
    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde", "Ouml",   "times",
    "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",
    "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",
    "aelig",  "ccedil", "egrave", "eacute", "ecirc",  "euml",   "igrave",
    "iacute", "icirc",  "iuml",   "eth",    "ntilde", "ograve", "oacute",
    "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave", "uacute",
    "ucirc",  "uuml",   "yacute", "thorn",  "yuml"};

constexpr Entity kOthers[] = {
    {"amp", '&'},        {"lt", '<'},         {"gt", '>'},
    {"quot", '"'},       {"apos", '\''},      {"euro", 0x20ac},
    {"ndash", 0x2013},   {"mdash", 0x2014},   {"lsquo", 0x2018},
    {"rsquo", 0x2019},   {"sbquo", 0x201a},   {"ldquo", 0x201c},
    {"rdquo", 0x201d},   {"bdquo", 0x201e},   {"hellip", 0x2026},
    {"bull", 0x2022},    {"trade", 0x2122},   {"larr", 0x2190},
    {"uarr", 0x2191},    {"rarr", 0x2192},    {"darr", 0x2193},
    {"ensp", 0x2002},    {"emsp", 0x2003},    {"thinsp", 0x2009},
    {"zwnj", 0x200c},    {"zwj", 0x200d},     {"OElig", 0x0152},
    {"oelig", 0x0153},   {"Scaron", 0x0160},  {"scaron", 0x0161},
    {"Yuml", 0x0178},    {"fnof", 0x0192},    {"circ", 0x02c6},
    {"tilde", 0x02dc},   {"dagger", 0x2020},  {"Dagger", 0x2021},
    {"permil", 0x2030},  {"lsaquo", 0x2039},  {"rsaquo", 0x203a},
    {"minus", 0x2212},   {"le", 0x2264},      {"ge", 0x2265},
    {"ne", 0x2260},      {"infin", 0x221e},   {"check", 0x2713}};

char32_t numeric(std::string_view digits) {
  const bool hex = !digits.empty() && (digits[0] == 'x' || digits[0] == 'X');
  if (hex) digits.remove_prefix(1);
  std::uint32_t value = 0;
  for (const char c : digits) {
    const char low = to_lower(c);
    std::uint32_t digit = 16;
    if (is_digit(c)) digit = static_cast<std::uint32_t>(c - '0');
    if (hex && low >= 'a' && low <= 'f') {
      digit = static_cast<std::uint32_t>(low - 'a') + 10;
    }
    if (digit >= 16 || value > 0x10ffff) return 0;
    value = value * (hex ? 16 : 10) + digit;
  }
  return digits.empty() || value > 0x10ffff ? 0 : value;
}

char32_t lookup(std::string_view name) {
  if (name.starts_with('#')) return numeric(name.substr(1));
  char32_t value = 0xa0;
  for (const auto latin1 : kLatin1) {
    if (latin1 == name) return value;
    ++value;
  }
  for (const auto& entity : kOthers) {
    if (entity.name == name) return entity.value;
  }
  return 0;
}

}  // namespace

std::string html_entity(std::string_view name) {
  const auto value = lookup(name);
  if (value == 0) return "";
  if (value == 0xa0) return " ";
  if (value == 0xad) return "";  // a soft hyphen is not shown
  std::string text;
  append_utf8(text, value);
  return text;
}

}  // namespace mailtool::mime
