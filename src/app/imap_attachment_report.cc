#include "app/imap_attachment_report.h"

#include "app/attachment_name.h"
#include "app/imap_folder_name.h"
#include "app/json.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {

Result<void> AttachmentReport::tell(const FoundMessages& in, std::uint32_t uid,
                  const PartRow& row, std::optional<std::uint64_t> octets,
                  const std::string& path) {
  ++count_;
  if (!invocation_.json()) return tell_line(uid, row, octets, path);
  JsonWriter json(out_);
  json.begin_object().field("type", "attachment");
  json.field("folder", typed_name(in.folder.utf8))
      .field("uidvalidity", in.uidvalidity);
  json.field("uid", uid).field("part", row.id);
  json.key("name");
  if (row.name.empty()) {
    json.null();
  } else {
    json.value(row.name);
  }
  json.field("media_type", row.type).field("encoding", row.encoding);
  json.key("size").value(octets);
  if (!path.empty()) json.field("path", path);
  return json.end_object().end_line();
}

Result<void> AttachmentReport::tell_line(std::uint32_t uid, const PartRow& row,
                       std::optional<std::uint64_t> octets,
                       const std::string& path) {
  if (!path.empty()) {
    const auto verb = invocation_.dry_run() ? "would save " : "";
    return out_.write(verb + printable(path, path.size()) + "\n");
  }
  const auto name = attachment_name(row);
  return out_.write(std::to_string(uid) + "\t" + printable(row.id, 200) +
                    "\t" + printable(name, name.size()) + "\t" +
                    printable(row.type, 200) + "\t" +
                    (octets ? std::to_string(*octets) : "-") + "\n");
}

}  // namespace mailtool::app
