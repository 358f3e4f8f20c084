// Names for what the contract's generated types call by their path.
import type { components } from '#schema'

type Schemas = components['schemas']
export type Me = Schemas['MemberView']
export type Organisation = Schemas['OrganisationView']
export type OrganisationName = Schemas['OrganisationName']
export type Category = Schemas['CategoryView']
export type RequestView = Schemas['RequestView']
export type RequestCard = Schemas['RequestCard']
export type Course = Schemas['CourseView']
export type Board = Schemas['BoardView']
export type BoardColumn = Schemas['BoardColumn']
export type ProductView = Schemas['ProductView']
export type ProductCard = Schemas['ProductCard']
export type Claim = Schemas['ClaimView']
export type ProblemDocument = Schemas['ProblemView']
export type Photo = Schemas['PhotoView']
export type SubmitRequest = Schemas['SubmitRequestBody']
export type CreateProduct = Schemas['CreateProductBody']
export type RequestState = Exclude<RequestView['state'], 'unspecified'>
export type ClaimState = Exclude<Claim['state'], 'unspecified'>
