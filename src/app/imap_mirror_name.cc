#include "app/imap_mirror_name.h"

#include "mailtool/base/ascii.h"
#include "mailtool/base/sha256.h"
#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";
constexpr std::size_t kDigest = 16;
// Left for the digest, and for what one octet or character more may take.
constexpr std::size_t kBehind = 55;

}  // namespace

std::string mirror_folder_name(std::string_view folder, std::size_t most) {
  const bool utf8 = is_valid_utf8(folder);
  std::string name;
  std::size_t kept = 0;  // where a character begins
  for (const char c : folder) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (name.size() <= most - kBehind && !(utf8 && continues)) kept = name.size();
    const bool plain = !is_control(c) && c != '/' && c != '%' && c != '\\' &&
                       !(c == '.' && name.empty()) && (utf8 || !is_8bit(c));
    if (plain) {
      name += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    name += '%';
    name += kHex[octet >> 4];
    name += kHex[octet & 15];
  }
  if (name.size() <= most) return name;
  return name.substr(0, kept) + "%#" + hex(sha256(folder), kDigest);
}

std::string mirrored_folder(std::string_view name) {
  std::string folder;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '%') {
      folder += name[i];
      continue;
    }
    const auto high = i + 2 < name.size() ? kHex.find(name[i + 1]) : kHex.npos;
    const auto low = high != kHex.npos ? kHex.find(name[i + 2]) : kHex.npos;
    if (low == kHex.npos) return std::string(name);
    folder += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return folder;
}

}  // namespace mailtool::app
