#include "app/attachment_name.h"

#include "app/safe_name.h"
#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

struct Extension {
  std::string_view type;
  std::string_view extension;
};

constexpr Extension kExtensions[] = {
    {"application/gzip", ".gz"},
    {"application/json", ".json"},
    {"application/ms-tnef", ".dat"},
    {"application/msword", ".doc"},
    {"application/pdf", ".pdf"},
    {"application/pgp-encrypted", ".asc"},
    {"application/pgp-keys", ".asc"},
    {"application/pgp-signature", ".asc"},
    {"application/pkcs7-mime", ".p7m"},
    {"application/pkcs7-signature", ".p7s"},
    {"application/postscript", ".ps"},
    {"application/rtf", ".rtf"},
    {"application/vnd.ms-excel", ".xls"},
    {"application/vnd.ms-powerpoint", ".ppt"},
    {"application/vnd.oasis.opendocument.spreadsheet", ".ods"},
    {"application/vnd.oasis.opendocument.text", ".odt"},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation",
     ".pptx"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
     ".xlsx"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
     ".docx"},
    {"application/x-pkcs7-mime", ".p7m"},
    {"application/x-pkcs7-signature", ".p7s"},
    {"application/x-tar", ".tar"},
    {"application/xml", ".xml"},
    {"application/zip", ".zip"},
    {"audio/mpeg", ".mp3"},
    {"audio/ogg", ".ogg"},
    {"audio/wav", ".wav"},
    {"audio/x-wav", ".wav"},
    {"image/bmp", ".bmp"},
    {"image/gif", ".gif"},
    {"image/heic", ".heic"},
    {"image/jpeg", ".jpg"},
    {"image/png", ".png"},
    {"image/svg+xml", ".svg"},
    {"image/tiff", ".tiff"},
    {"image/webp", ".webp"},
    {"message/delivery-status", ".txt"},
    {"message/disposition-notification", ".txt"},
    {"message/feedback-report", ".txt"},
    {"message/global", ".eml"},
    {"message/global-delivery-status", ".txt"},
    {"message/global-disposition-notification", ".txt"},
    {"message/news", ".eml"},
    {"message/partial", ".eml"},
    {"message/rfc822", ".eml"},
    {"text/calendar", ".ics"},
    {"text/csv", ".csv"},
    {"text/html", ".html"},
    {"text/markdown", ".md"},
    {"text/rfc822-headers", ".txt"},
    {"text/vcard", ".vcf"},
    {"text/x-vcard", ".vcf"},
    {"text/xml", ".xml"},
    {"video/mp4", ".mp4"},
    {"video/mpeg", ".mpg"},
    {"video/quicktime", ".mov"},
    {"video/webm", ".webm"},
};

}  // namespace

std::string_view extension_of_type(std::string_view type) noexcept {
  for (const auto& row : kExtensions) {
    if (type == row.type) return row.extension;
  }
  return type.starts_with("text/") ? ".txt" : ".bin";
}

std::string attachment_name(const PartRow& row) {
  const auto extension = row.is_message ? ".eml" : extension_of_type(row.type);
  const auto fallback =
      safe_name("part-" + row.id + std::string(extension), "part.bin");
  const auto name = safe_name(row.name, fallback);
  // A message is one whatever its name says: the name must not make it a
  // program for those who open files by their extension.
  if (!row.is_message || lower(name).ends_with(".eml")) return name;
  return safe_name(name + ".eml", fallback);
}

}  // namespace mailtool::app
