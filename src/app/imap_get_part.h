/// \file
/// One part of one message on a server, decoded as it comes.
#pragma once

#include <cstdint>
#include <string>

#include "app/imap_part.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::app {

struct PartWanted {
  std::string id;  ///< "2.1"; "" for the text to read, in one part or several
  PartForm form = PartForm::decoded;
};

/// Writes the part to `out`: nothing else of the message is downloaded, unless
/// the server's account of its parts cannot be read. What the server can decode
/// (BINARY) it decodes. Of `question` the slice counts, and \Seen. Fails with
/// no_such_item where there is no such message or part; its hint names those
/// that there are. \pre the folder is selected, or being selected
Result<void> get_part(client::ImapClient& client, std::uint32_t uid,
                      const PartWanted& wanted,
                      const client::BodyQuestion& question, Sink& out);

}  // namespace mailtool::app
