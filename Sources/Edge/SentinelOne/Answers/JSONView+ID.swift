import JSONView

extension JSONView {
    /// An id that calls can be made with.
    func objectID<Of>() throws(JSONProblem) -> ObjectID<Of> {
        guard let id = ObjectID<Of>(try id) else { throw problem(expected: "an id of up to twenty digits") }
        return id
    }

    func readableObjectID<Of>() -> ObjectID<Of>? { readableID.flatMap { ObjectID($0) } }
}
