// Code pages by number, as TNEF names charsets.
#pragma once

#include <cstdint>
#include <string>

namespace mailtool::mime {

// The charset name of a Windows code page: 1252 is "windows-1252", 65001
// "utf-8". Empty for 0; "cpN" for what is in no table.
[[nodiscard]] std::string code_page_charset(std::uint32_t code_page);

}  // namespace mailtool::mime
