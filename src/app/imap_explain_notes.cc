#include "app/imap_explain_notes.h"

#include <utility>

namespace mailtool::app {

// As ImapSession::reconsiders() has it.
Result<void> note_names(ImapSession& session, Explanation& explanation) {
  if (!session.may_look_ahead()) return {};
  auto offered = session.client().capabilities();
  if (!offered) return session.at_server(std::move(offered).error());
  if ((*offered)->has("NAMESPACE") || (*offered)->has("IMAP4REV2")) {
    explanation.note(
        "where the server refused a folder's name, NAMESPACE, LIST "
        "and STATUS might follow, to find what it is called here");
  }
  return {};
}

Result<void> note_compression(ImapSession& session, Explanation& explanation) {
  if (!explanation.fetches()) return {};
  auto may = session.may_compress();
  if (!may) return session.at_server(std::move(may).error());
  if (*may) {
    explanation.note(
        "COMPRESS DEFLATE might stand before a FETCH of much, and "
        "take one more round trip: --compress auto");
  }
  return {};
}

}  // namespace mailtool::app
