/// \file
/// AttachmentSaver: attachments on a server into files, many in one flight.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "app/download_folder.h"
#include "app/exit_status.h"
#include "app/imap_attachment_report.h"
#include "app/imap_part.h"
#include "app/imap_progress.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::app {

/// One attachment of one message.
struct FoundAttachment {
  std::uint32_t uid;
  imap::BodyPart part;
  PartRow row;
};

/// Saves parts as they come, and tells of each. For ImapClient::fetch_bodies().
class AttachmentSaver : public client::BodyReceiver {
 public:
  /// `binary`: the server offers BINARY. The others outlive it.
  AttachmentSaver(const FoundMessages& in, std::vector<FoundAttachment> found,
                  bool binary, DownloadFolder& folder, AttachmentReport& report,
                  FetchProgress& progress);

  std::optional<client::BodyRequest> next() override;
  Result<Sink*> begin(std::size_t number, std::uint64_t size) override;
  Result<void> end(std::size_t number,
                   Result<client::BodyAnswer> answer) override;

  /// Of what could not be had.
  ExitStatus status = ExitStatus::ok;

 private:
  struct Asked {
    std::size_t index = 0;
    bool binary = false;
    std::unique_ptr<DownloadFolder::File> file;
    std::unique_ptr<PartDecoder> decoder;
    std::unique_ptr<ProgressSink> counted;  // hands on to it
  };

  void expect();

  const FoundMessages& in_;
  std::vector<FoundAttachment> found_;
  bool binary_;
  DownloadFolder& folder_;
  AttachmentReport& report_;
  FetchProgress& progress_;
  std::vector<Asked> asked_;
  std::vector<std::size_t> again_;
  std::size_t next_ = 0;
};

}  // namespace mailtool::app
