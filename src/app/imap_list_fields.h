/// \file
/// The fields of a listing: what each is asked of the server, and shown as.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/json.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::app {

enum class ListField : std::uint8_t {
  uid,
  date,
  arrival,
  from,
  to,
  cc,
  subject,
  size,
  flags,
  message_id,
  thread_id,
  email_id,
  preview,
  saved,
  attachments,
  folder,
};

/// "uid,date,message-id". Fails with usage on a name that is none.
Result<std::vector<ListField>> parse_list_fields(std::string_view text);
[[nodiscard]] std::string_view name_of(ListField field);

/// A message, and what belongs to it beside the server's answer.
struct ListRow {
  const imap::MailboxName& folder;
  std::uint32_t uidvalidity;
  const imap::FetchData& message;
  std::optional<std::string> preview;  ///< from here or the server; UTF-8
  const imap::ThreadPlace* place = nullptr;  ///< with --thread
  const std::string* text = nullptr;  ///< what is to be read of it; UTF-8
};

/// The field as text: UTF-8 of any kind, not yet fit for a terminal. Empty
/// where the message has none, "-" for a date or size that is not known. A
/// subject is indented by its depth in the thread, at most kMaxIndent levels.
/// `columns` is the room there is for it on a terminal, 0 for as much as it
/// takes: an indent leaves two thirds to the subject, and a date its time out
/// where that does not fit. The text may still be longer.
inline constexpr std::uint32_t kMaxIndent = 10;
[[nodiscard]] std::string field_text(ListField field, const ListRow& row,
                                     std::size_t columns = 0);

/// One object; `extra` are the fields that are not always told.
Result<void> write_list_json(Sink& out, const ListRow& row,
                             const std::vector<ListField>& extra);

/// Numbers stand at the right of their column.
[[nodiscard]] bool is_number(ListField field);

}  // namespace mailtool::app
