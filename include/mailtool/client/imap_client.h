/// \file
/// ImapClient: one IMAP session (RFC 9051, RFC 3501), a method a step.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/base/secret.h"
#include "mailtool/base/sink.h"
#include "mailtool/base/stream.h"
#include "mailtool/client/deflate_stream.h"
#include "mailtool/client/imap_append.h"
#include "mailtool/client/imap_bodies.h"
#include "mailtool/client/imap_change.h"
#include "mailtool/client/imap_completion.h"
#include "mailtool/client/imap_dialogue.h"
#include "mailtool/client/imap_fetch_items.h"
#include "mailtool/client/imap_idle.h"
#include "mailtool/client/imap_listing.h"
#include "mailtool/client/imap_namespace.h"
#include "mailtool/client/imap_quirks.h"
#include "mailtool/client/imap_quota.h"
#include "mailtool/client/imap_search.h"
#include "mailtool/client/imap_sync.h"
#include "mailtool/imap/response.h"
#include "mailtool/imap/search_key.h"
#include "mailtool/sasl/mechanism.h"

namespace mailtool::client {

/// A session over a Stream, from the greeting to LOGOUT.
///
/// Order of calls: open; start_tls if wanted; log_in unless authenticated();
/// then the rest. Failures: no_auth, deferred ([UNAVAILABLE], [INUSE] and their
/// like), no_permission, no_such_item, rejected (another NO), protocol (BAD,
/// a tag not in flight, lost framing, limits), disconnected (BYE, end of
/// stream), unsupported, and those of Stream. After protocol, disconnected and
/// the Stream's own the session is dead; after the others it goes on.
class ImapClient final : private ImapObserver {
 public:
  /// `stream` outlives the client.
  explicit ImapClient(Stream& stream, ImapLimits limits = {});

  /// The greeting. `tls_required` refuses PREAUTH in clear text with protocol:
  /// such a session could never be secured.
  Result<void> open(bool tls_required);
  [[nodiscard]] bool authenticated() const { return authenticated_; }

  /// True when another command may follow: nothing has failed, and nothing is
  /// in flight. Takes what has come unasked, such as a BYE.
  [[nodiscard]] bool settled() { return dialogue_.settled(); }

  /// What is known to be odd about the server; after open().
  [[nodiscard]] const ImapQuirks& quirks() const { return quirks_; }

  /// What the server can do now; asks only when it has not said since the last
  /// change of state. Never null; valid until the next change of state.
  Result<const imap::Capabilities*> capabilities();
  /// Does the server offer `name`? As capabilities().
  Result<bool> offers(std::string_view name);

  /// STARTTLS. Fails with unsupported when it is not offered or refused.
  Result<void> start_tls();

  /// Logs in by the strongest mechanism that the server offers and the policy
  /// allows; by LOGIN where no mechanism is offered and clear text is allowed.
  Result<void> log_in(const sasl::Credentials& credentials,
                      const sasl::Policy& policy);
  Result<void> login(const std::string& user, const Secret& password);

  /// ID (RFC 2971): for servers that insist. Never fails on a NO.
  Result<void> identify();
  /// ID where it is offered, and what the server says of itself.
  Result<std::vector<ServerIdField>> server_id();

  /// compress() may be called for: `beneath` lies under the stream of this
  /// client, and outlives it.
  void may_compress(DeflateStream& beneath) { deflate_ = &beneath; }
  /// COMPRESS (RFC 4978). Where it may not be, is not offered or is refused,
  /// nothing happens, nor ever again. \pre nothing is in flight
  Result<void> compress();
  /// About so many octets are to come for what is asked next: compress(), where
  /// that costs less than it saves, and nothing is in flight.
  Result<void> expect(std::uint64_t octets);

  /// Sends `text` as it stands. `on_response` gets each response as it came,
  /// without its final CRLF, the completion last; literals over 1 MiB are left
  /// out. Fails with usage where check_raw_command does; NO and BAD are values.
  using OnRaw = std::function<Result<void>(std::string_view)>;
  Result<imap::StatusResponse> raw(std::string_view text,
                                   const OnRaw& on_response);

  /// GETQUOTAROOT (RFC 9208). Fails with unsupported where it is not offered.
  Result<std::vector<Quota>> quota(const imap::MailboxName& mailbox);

  /// A mailbox as a user wrote it, encoded as this session does; as
  /// imap::mailbox_from_utf8().
  Result<imap::MailboxName> mailbox(std::string_view utf8);
  [[nodiscard]] imap::NameEncoding names() const { return dialogue_.names(); }
  /// ENABLE UTF8=ACCEPT, for UTF-8 in the headers of what is appended. False
  /// where it is not offered, or a mailbox is selected. names() may change.
  Result<bool> accept_utf8();

  Result<std::vector<ListedMailbox>> list(const ListQuestion& question);
  /// Where the user's own mailboxes lie (RFC 2342); nullopt where the server
  /// does not say.
  Result<std::optional<PersonalNamespace>> personal_namespace();
  Result<imap::StatusData> status(const imap::MailboxName& mailbox);
  Result<void> create(const imap::MailboxName& mailbox);
  /// CREATE with a role, "\\Archive" (RFC 6154); unsupported where the server
  /// offers no CREATE-SPECIAL-USE.
  Result<void> create_with_use(const imap::MailboxName& mailbox,
                               std::string_view use);
  /// One command a mailbox, all in one flight; the outcome of each, in order.
  enum class MailboxVerb : std::uint8_t { create, remove, subscribe, unsubscribe };
  using MailboxNames = std::span<const imap::MailboxName>;
  Result<std::vector<Result<void>>> for_each(MailboxVerb verb,
                                             MailboxNames mailboxes);
  /// STATUS of each, in one flight, in order; `only_changes` as in LIST.
  Result<std::vector<Result<imap::StatusData>>> status_of_each(
      MailboxNames mailboxes, bool only_changes = false);
  Result<void> rename(const imap::MailboxName& from,
                      const imap::MailboxName& to);

  /// SELECT, or EXAMINE.
  Result<SelectedMailbox> select(const imap::MailboxName& mailbox,
                                 bool read_only);
  /// SELECT without waiting: what follows goes in the same flight, and is
  /// answered by a NO or BAD where the SELECT fails. Then finish_select() has
  /// the outcome, to be asked for before the Error of what followed is
  /// believed.
  Result<void> begin_select(const imap::MailboxName& mailbox, bool read_only);
  /// \pre begin_select() succeeded
  Result<SelectedMailbox> finish_select();
  /// SELECT (EXAMINE) and the searches in each of `mailboxes`, all in one
  /// flight, of which what `meanwhile` sends is the end; an outcome a mailbox,
  /// in their order. Selected is then the last one that could be. Fails where
  /// the session does; with unsupported, having said so in knows_utf8(), where
  /// the server cannot search for UTF-8.
  Result<std::vector<Result<MailboxFound>>> search_mailboxes(
      std::span<const imap::MailboxName> mailboxes, bool read_only,
      std::span<const SearchQuestion> questions,
      const std::function<void()>& meanwhile = {});
  /// The same for one mailbox and one search.
  using Found = FoundInMailbox;
  Result<Found> select_and_search(const imap::MailboxName& mailbox,
                                  bool read_only, const imap::SearchKey& key,
                                  bool count_only = false,
                                  const std::function<void()>& meanwhile = {});
  /// In the mailbox that is selected.
  Result<SearchOutcome> search(const imap::SearchKey& key,
                               bool count_only = false);
  /// False once the server has refused to search for UTF-8 (BADCHARSET).
  [[nodiscard]] bool knows_utf8() const { return knows_utf8_; }
  /// "UID SEARCH RETURN (ALL) UNSEEN": as it would be sent now.
  Result<imap::Command> search_command(const SearchQuestion& question);
  /// The mailbox selected, changed by all that came since.
  [[nodiscard]] const std::optional<SelectedMailbox>& selected() const {
    return selected_;
  }

  /// Each message once, as its answer is complete; a message for which less
  /// came than was asked comes late, with a warning. What is held is bounded,
  /// however many messages there are. Where the server stops at a number of
  /// messages and says where (MESSAGELIMIT, RFC 9738), it is asked for the
  /// others; where it does not, this fails with rejected once all that came was
  /// handed on. Returns the UIDs for which something came. `on_message` may
  /// fail to end the session.
  using OnMessage = std::function<Result<void>(imap::FetchData&)>;
  Result<imap::SequenceSet> fetch(const imap::SequenceSet& uids,
                                  const FetchItems& items,
                                  const OnMessage& on_message);

  /// Streams one part of one message. Fails with no_such_item when the server
  /// sends nothing for `uid`, and with protocol when it sends NIL or another's;
  /// what `sink` then has is to be thrown away. Returns the octets written.
  Result<std::uint64_t> fetch_body(std::uint32_t uid,
                                   const BodyQuestion& question, Sink& sink);
  /// Streams as many as `receiver` asks for, several commands in one flight.
  /// Fails when the session or `receiver` does; that one of them cannot be had
  /// is told to `receiver`.
  Result<void> fetch_bodies(BodyReceiver& receiver);

  /// Has the server keep what each search finds (RFC 5182), so that a change to
  /// all of it names "$". Where that is not offered, nothing happens.
  /// `among` are keys that among() will be asked for: they are searched for in
  /// the same flight.
  void keep_results(bool on, std::vector<imap::SearchKey> among = {}) {
    keep_results_ = on;
    among_keys_ = std::move(among);
    saved_.reset();
  }
  /// Changes messages, named by "$" where the last search found exactly them,
  /// else in as few lines as the server takes. Never sends EXPUNGE; without MOVE
  /// deletes only what the server says it has copied. Does not fail: what was
  /// not done, and why, is in the report.
  ChangeReport change(const ImapChange& what, const imap::SequenceSet& uids);
  /// SELECT, a search whose result is kept, and the change to all it finds,
  /// without a wait between them.
  struct FoundAndChanged {
    Found found;
    ChangeReport report;
  };
  /// \pre may_change_at_once()
  Result<FoundAndChanged> search_and_change(const imap::MailboxName& mailbox,
                                            const imap::SearchKey& key,
                                            const ImapChange& what);
  /// True where the server can: for move and copy, SEARCHRES and MOVE offered.
  Result<bool> may_change_at_once(const ImapChange& what);
  /// Of `uids` those that `key` matches; one command where "$" names them.
  Result<imap::SequenceSet> among(const imap::SequenceSet& uids,
                                  const imap::SearchKey& key);

  /// ENABLE (RFC 5161) without waiting: a ticket for finish_enable(), or
  /// nullopt where it or `extension`, "QRESYNC", is not offered, or a mailbox
  /// is selected. Not for what changes how names are encoded.
  Result<std::optional<std::uint32_t>> begin_enable(std::string_view extension);
  /// Has the server enabled it?
  Result<bool> finish_enable(std::uint32_t ticket);
  /// EXAMINE and, in the same flight, what `question` asks for. Fails as
  /// select(), as `receiver`, or as the first refusal; what came before that was
  /// told to `receiver`.
  Result<void> sync(const SyncStart& start, const SyncQuestion& question,
                    SyncReceiver& receiver);
  /// Likewise, of the mailbox that is selected.
  Result<void> sync(const SyncQuestion& question, SyncReceiver& receiver);

  /// UIDPLUS, or IMAP4rev2: can single messages be expunged?
  Result<bool> can_expunge_some();

  /// The largest message that the server takes anywhere (RFC 7889); nullopt
  /// where it has not said.
  Result<std::optional<std::uint64_t>> append_limit();
  /// APPEND of one message; of several, all or none, where MULTIAPPEND is
  /// offered (RFC 3502). Sends without waiting for the outcome, unless literals
  /// have to be awaited; may SELECT `to`. Returns a ticket for finish_append().
  /// \pre there is a message
  Result<std::uint32_t> begin_append(const imap::MailboxName& to,
                                     std::span<const MessageToAppend> messages);
  /// The outcome. Fails with no_such_item where there is no such mailbox.
  /// nullopt where the server does not tell the UIDs, or tells nonsense.
  Result<std::optional<AppendUid>> finish_append(std::uint32_t ticket,
                                                 std::size_t messages);

  /// Tells `heard` of all data that no command asked for, as it comes, in any
  /// call: EXISTS, EXPUNGE, FETCH, STATUS…, and of each status response with
  /// [ALERT], tagged too. Not within `heard` may the client be called.
  void listen(std::function<void(const imap::Response&)> heard);
  /// IDLE (RFC 2177). What comes is for listen(). Fails with unsupported where
  /// it is not offered now.
  Result<void> begin_idle();
  using Idle = IdleOutcome;
  /// One response, or none within `wait`; that is no silence of a peer.
  /// \pre begin_idle() succeeded, and end_idle() was not called since
  Result<Idle> idle(std::chrono::milliseconds wait);
  /// DONE, and the completion.
  Result<void> end_idle();
  /// What has happened, for listen(), from a server without IDLE.
  Result<void> noop();
  /// NOTIFY (RFC 5465): of what happens in `mailboxes` the server tells by
  /// STATUS, in the one selected as ever. \pre offers("NOTIFY")
  Result<void> notify(std::span<const imap::MailboxName> mailboxes);
  /// UID and FLAGS of those of `uids` that changed since `modseq` (RFC 7162).
  /// \pre offers("CONDSTORE")
  Result<void> fetch_changed(const imap::SequenceSet& uids,
                             std::uint64_t modseq, const OnMessage& on_message);
  /// Marks a message as read, if nothing of it has changed since `modseq`: of
  /// several that try that at once one has it, and it is true for that one.
  /// \pre offers("CONDSTORE"), and the mailbox has a highest_modseq
  Result<bool> claim_unseen(std::uint32_t uid, std::uint64_t modseq);

  /// LOGOUT, not awaited, and DONE before it where that is due; nothing may
  /// follow.
  void logout();

 private:
  class Channel;

  void on_unsolicited(const imap::Response& data) override;
  void on_status(const imap::StatusResponse& status) override;

  [[nodiscard]] imap::LiteralMode literal_mode() const;
  Result<imap::StatusResponse> run(const imap::Command& command,
                                   ImapHandler* handler);
  /// run(), and an Error unless the completion is OK.
  Result<imap::StatusResponse> run_ok(imap::CommandBuilder& command,
                                      ImapHandler* handler = nullptr);
  [[nodiscard]] bool may_use_login(const sasl::Credentials& credentials,
                                   const sasl::Policy& policy) const;
  Result<void> logged_in();
  /// Where the server is known to take names in UTF-8 alone: says what it wants
  /// to hear, and encodes them so.
  Result<void> settle_names();
  Result<bool> enable_utf8();
  Result<void> add_status(std::vector<ListedMailbox>& mailboxes,
                          bool only_changes);
  Result<SelectedMailbox> settle_select(const imap::StatusResponse& done);
  Result<void> select_to_append(const imap::MailboxName& to);
  /// A command in front of an EXAMINE, where a mailbox is, or may be, selected.
  Result<std::optional<std::uint32_t>> leave_before(const SyncStart& start);
  /// Returns what a server with MESSAGELIMIT has left out; `refused` is set by
  /// a NO or BAD.
  Result<imap::SequenceSet> fetch_once(const imap::SequenceSet& uids,
                                       const std::string& items,
                                       ImapHandler& handler,
                                       std::optional<Error>& refused);
  struct MailboxInFlight;
  /// One command.
  Result<SearchOutcome> search_once(const SearchQuestion& question);
  /// Searches where `found` was not looked for, until there is no more.
  Result<void> complete(const SearchQuestion& question, SearchOutcome& found);
  /// complete() of each; of a flight of many by searching the one again.
  Result<void> complete(Result<MailboxFound>& found,
                        const imap::MailboxName& mailbox, bool read_only,
                        std::span<const SearchQuestion> questions, bool alone);
  Result<void> send_searches(MailboxInFlight& one,
                             std::span<const SearchQuestion> questions,
                             std::span<const imap::Command> searches);
  Result<Result<MailboxFound>> await_searches(MailboxInFlight& one);
  Error search_refusal(const imap::StatusResponse& completion, bool charset);
  /// SEARCHRES is offered.
  [[nodiscard]] bool can_save() const;
  /// "$" is this now, where searches are kept.
  void note_saved(const std::vector<SearchOutcome>& found);
  [[nodiscard]] std::vector<SearchQuestion> saved_questions(
      const imap::SearchKey& key, bool count_only) const;
  friend class ImapSweep;
  friend class ChangeRun;
  friend class ImapBatches;
  /// How many messages one command may name (RFC 9738).
  [[nodiscard]] std::uint64_t message_limit() const;

  ImapDialogue dialogue_;
  DeflateStream* deflate_ = nullptr;  // until COMPRESS was asked for
  std::optional<imap::Capabilities> capabilities_;
  bool volunteered_ = false;  // capabilities came since this was last cleared
  bool authenticated_ = false;
  ImapQuirks quirks_;
  std::optional<SelectedMailbox> selected_;
  bool raw_may_select_ = false;  // and has, or not
  bool knows_utf8_ = true;
  bool utf8_enabled_ = false, utf8_refused_ = false;  // UTF8=ACCEPT
  bool unsafe_login_ = false;  // a SELECT was refused for want of an ID
  bool told_id_ = false;
  std::uint32_t select_ticket_ = 0;
  bool selecting_to_append_ = false;  // finish_select() is due
  std::optional<std::uint32_t> idle_ticket_;
  std::function<void(const imap::Response&)> heard_;
  std::vector<imap::CopyUid> copied_;  // since this was last cleared
  bool keep_results_ = false;
  std::vector<imap::SearchKey> among_keys_;
  std::optional<imap::SequenceSet> saved_;  // what "$" is now, where known
  // Of saved_, those that match among_keys_; empty where that is not known.
  std::vector<imap::SequenceSet> among_saved_;
  std::size_t set_octets_ = 8000;           // longest set on a line
};

}  // namespace mailtool::client
