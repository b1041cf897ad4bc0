// Media types by the extension of a file name, for attachments.
#include <algorithm>
#include <array>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/composer.h"

namespace mailtool::mime {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

// Sorted by extension.
constexpr std::array kTypes = {
    Entry{"7z", "application/x-7z-compressed"},
    Entry{"asc", "application/pgp-signature"},
    Entry{"avi", "video/x-msvideo"},
    Entry{"bmp", "image/bmp"},
    Entry{"bz2", "application/x-bzip2"},
    Entry{"csv", "text/csv"},
    Entry{"diff", "text/x-diff"},
    Entry{"doc", "application/msword"},
    Entry{"docx",
          "application/"
          "vnd.openxmlformats-officedocument.wordprocessingml.document"},
    Entry{"eml", "message/rfc822"},
    Entry{"epub", "application/epub+zip"},
    Entry{"flac", "audio/flac"},
    Entry{"gif", "image/gif"},
    Entry{"gz", "application/gzip"},
    Entry{"htm", "text/html"},
    Entry{"html", "text/html"},
    Entry{"ics", "text/calendar"},
    Entry{"jpeg", "image/jpeg"},
    Entry{"jpg", "image/jpeg"},
    Entry{"json", "application/json"},
    Entry{"log", "text/plain"},
    Entry{"md", "text/markdown"},
    Entry{"mov", "video/quicktime"},
    Entry{"mp3", "audio/mpeg"},
    Entry{"mp4", "video/mp4"},
    Entry{"odp", "application/vnd.oasis.opendocument.presentation"},
    Entry{"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    Entry{"odt", "application/vnd.oasis.opendocument.text"},
    Entry{"ogg", "audio/ogg"},
    Entry{"patch", "text/x-diff"},
    Entry{"pdf", "application/pdf"},
    Entry{"png", "image/png"},
    Entry{"ppt", "application/vnd.ms-powerpoint"},
    Entry{"pptx",
          "application/"
          "vnd.openxmlformats-officedocument.presentationml.presentation"},
    Entry{"ps", "application/postscript"},
    Entry{"rtf", "application/rtf"},
    Entry{"svg", "image/svg+xml"},
    Entry{"tar", "application/x-tar"},
    Entry{"tgz", "application/gzip"},
    Entry{"tif", "image/tiff"},
    Entry{"tiff", "image/tiff"},
    Entry{"txt", "text/plain"},
    Entry{"vcf", "text/vcard"},
    Entry{"wav", "audio/x-wav"},
    Entry{"webm", "video/webm"},
    Entry{"webp", "image/webp"},
    Entry{"xls", "application/vnd.ms-excel"},
    Entry{"xlsx",
          "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    Entry{"xml", "application/xml"},
    Entry{"xz", "application/x-xz"},
    Entry{"zip", "application/zip"},
    Entry{"zst", "application/zstd"},
};
static_assert(std::is_sorted(kTypes.begin(), kTypes.end()));

}  // namespace

std::string_view media_type_of(std::string_view file_name) {
  constexpr std::string_view kUnknown = "application/octet-stream";
  const auto dot = file_name.rfind('.');
  if (dot == file_name.npos || dot == 0) return kUnknown;
  const auto extension = lower(file_name.substr(dot + 1));
  const auto* const found = std::lower_bound(
      kTypes.begin(), kTypes.end(), extension,
      [](const Entry& entry, const std::string& key) { return entry.first < key; });
  return found != kTypes.end() && found->first == extension ? found->second
                                                            : kUnknown;
}

}  // namespace mailtool::mime
