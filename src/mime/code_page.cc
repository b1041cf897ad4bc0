#include "code_page.h"

#include <string_view>

namespace mailtool::mime {
namespace {

struct Row {
  std::uint32_t code_page;
  std::string_view charset;
};

// Those whose name is not "windows-", "iso-8859-" or "cp" and a number.
constexpr Row kTable[] = {
    {932, "shift_jis"},     {936, "gbk"},           {949, "euc-kr"},
    {950, "big5"},          {1200, "utf-16le"},     {1201, "utf-16be"},
    {1361, "johab"},        {10000, "macintosh"},   {20127, "us-ascii"},
    {20866, "koi8-r"},      {20932, "euc-jp"},      {20936, "gb2312"},
    {21866, "koi8-u"},      {38598, "iso-8859-8"},  {50220, "iso-2022-jp"},
    {50221, "iso-2022-jp"}, {50222, "iso-2022-jp"}, {50225, "iso-2022-kr"},
    {51932, "euc-jp"},      {51936, "gb2312"},      {51949, "euc-kr"},
    {52936, "hz-gb-2312"},  {54936, "gb18030"},     {65000, "utf-7"},
    {65001, "utf-8"},
};

}  // namespace

std::string code_page_charset(std::uint32_t code_page) {
  for (const auto& row : kTable) {
    if (row.code_page == code_page) return std::string(row.charset);
  }
  if (code_page == 0) return {};
  if (code_page == 874 || (code_page >= 1250 && code_page <= 1258)) {
    return "windows-" + std::to_string(code_page);
  }
  constexpr std::uint32_t kIso8859 = 28590;
  if (code_page > kIso8859 && code_page <= kIso8859 + 15) {
    return "iso-8859-" + std::to_string(code_page - kIso8859);
  }
  return "cp" + std::to_string(code_page);
}

}  // namespace mailtool::mime
