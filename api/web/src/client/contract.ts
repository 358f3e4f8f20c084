// Names for what the contract's generated types call by their path.
import type { components, paths } from '#schema'

type Schemas = components['schemas']
export type Me = Schemas['MemberView']
export type Organisation = Schemas['OrganisationView']
export type OrganisationName = Schemas['OrganisationName']
export type Category = Schemas['CategoryView']
export type RequestView = Schemas['RequestView']
export type RequestCard = Schemas['RequestCard']
export type Board = Schemas['BoardView']
export type BoardColumn = Schemas['BoardColumn']
export type ProductView = Schemas['ProductView']
export type ProductCard = Schemas['ProductCard']
export type Claim = Schemas['ClaimView']
export type Receipt = Schemas['ReceiptView']
export type ProblemDocument = Schemas['ProblemView']
export type SignIn = Schemas['SignInView']
export type Photo = Schemas['PhotoView']
export type SubmitRequest = Schemas['SubmitRequestBody']
export type CreateProduct = Schemas['CreateProductBody']
export type EventView = Schemas['EventView']
export type RoleView = Schemas['RoleView']
export type LogEntry = Schemas['LogEntryView']
export type Incidents = Schemas['LogIncidentsView']
export type Contradiction = Schemas['ContradictionView']
export type StreamCommit = Schemas['StreamCommitView']
export type Opening = Schemas['OpeningView']
export type RequestDifference = Schemas['RequestDifferenceView']
export type RequestState = Exclude<RequestView['state'], 'unspecified'>
export type ClaimState = Exclude<Claim['state'], 'unspecified'>

/** An address with any text in its places: what `…/{id}/accept` is when it is asked for. */
type Filled<P extends string> = P extends `${infer Before}{${string}}${infer Behind}` ? `${Before}${string}${Filled<Behind>}` : P
type Posts = { [P in keyof paths]: paths[P] extends { post: object } ? P : never }[keyof paths]
/** The address of a change, its places filled in: `/api/v1/requests/${id}/accept`. */
export type Change = Filled<Posts>
// The one path that is filled to exactly this: `/products/${id}/cancel` alone would take the address of a claim's cancelling, too.
type PathOf<C> = { [P in Posts]: [C, Filled<P>] extends [Filled<P>, C] ? P : never }[Posts]
type Post<C> = C extends Change ? (paths[PathOf<C>] extends { post: infer P } ? P : never) : never
type BodyTo<P> = P extends { requestBody?: { content: { 'application/json': infer B } } } ? B : never
type AnswerTo<P> = P extends { responses: { [S in 200 | 201]?: { content: { 'application/json': infer A } } } } ? (A extends { items: (infer Own)[] } ? Own : A) : never
/** What a change says. */
export type BodyOf<C> = BodyTo<Post<C>>
/** What it is answered; where many go together, the part that is its own. */
export type AnswerOf<C> = AnswerTo<Post<C>>
