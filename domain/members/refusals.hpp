// Why something cannot be done with a member. A closed list.
#pragma once

#include "domain/common/refusals.hpp"

namespace pioneer::domain::members::refusals {

inline constexpr RefusalText already_registered{"already_registered", RefusalKind::conflict,
                                                "This member is registered already."};
inline constexpr RefusalText phone_taken{
    "phone_taken", RefusalKind::conflict,
    "Another member has this telephone number. Check the number, or look for that member."};
inline constexpr RefusalText member_erased{"member_erased", RefusalKind::conflict,
                                           "This member asked to be erased. Nothing more can be done here."};
/// Two persons see to it that nobody is both judge and judged: an administrator who gave themselves the auditor's role
/// would read what they are to be audited by.
inline constexpr RefusalText not_for_oneself{
    "not_for_oneself", RefusalKind::forbidden,
    "Nobody gives a role to themselves. Ask another administrator; the first ones are named at the console."};
inline constexpr RefusalText already_granted{"already_granted", RefusalKind::conflict,
                                             "The member holds this role there already."};
inline constexpr RefusalText not_granted{"not_granted", RefusalKind::conflict,
                                         "The member does not hold this role there."};
inline constexpr RefusalText last_administrator{
    "last_administrator", RefusalKind::conflict,
    "Nobody else administers the whole. Make somebody else an administrator there first."};
inline constexpr RefusalText token_exists{"token_exists", RefusalKind::conflict,
                                          "This token exists already. Make a new one."};
inline constexpr RefusalText token_expired{"token_expired", RefusalKind::invalid,
                                           "The token would have expired already. Choose a later time."};
inline constexpr RefusalText no_such_token{"no_such_token", RefusalKind::not_found, "The member has no such token."};
inline constexpr RefusalText token_revoked{"token_revoked", RefusalKind::conflict, "This token is revoked already."};
inline constexpr RefusalText too_many_tokens{
    "too_many_tokens", RefusalKind::conflict,
    "The member is signed in too often for their tokens to end with this. End some of them first."};

inline constexpr RefusalText no_such_code{"no_such_code", RefusalKind::not_found, "The member has no such code."};
inline constexpr RefusalText code_used{"code_used", RefusalKind::conflict,
                                       "This code was used before. Each opens one session; ask for a new one."};
inline constexpr RefusalText code_expired{"code_expired", RefusalKind::conflict,
                                          "This code is no longer valid. Ask for a new one."};
inline constexpr RefusalText session_over{"session_over", RefusalKind::conflict,
                                          "This session has ended. Please sign in again."};

inline constexpr std::array all{already_registered, phone_taken,   member_erased,      not_for_oneself,
                                already_granted,    not_granted,   last_administrator, token_exists,
                                token_expired,      no_such_token, token_revoked,      no_such_code,
                                code_used,          code_expired,  session_over,       too_many_tokens};

}  // namespace pioneer::domain::members::refusals
