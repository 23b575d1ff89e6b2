<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="es_CO">
    <context>
        <name>AmountEntry</name>
        <message>
            <source>Entre {low} y {high}</source>
            <translation>Between {low} and {high}</translation>
        </message>
        <message>
            <source>Desde {low}</source>
            <translation>From {low}</translation>
        </message>
        <message>
            <source>¿Cuánto quiere pagar?</source>
            <translation>How much do you want to pay?</translation>
        </message>
        <message>
            <source>Cancelar</source>
            <translation>Cancel</translation>
        </message>
        <message>
            <source>Usar este valor</source>
            <translation>Use this amount</translation>
        </message>
    </context>
    <context>
        <name>BankBar</name>
        <message>
            <source>Está en la página de pago</source>
            <translation>You are on the payment page</translation>
        </message>
        <message>
            <source>Abriendo la página de pago</source>
            <translation>Opening the payment page</translation>
        </message>
        <message>
            <source>Conexión cifrada</source>
            <translation>Encrypted connection</translation>
        </message>
        <message>
            <source>Conexión sin cifrar</source>
            <translation>Connection not encrypted</translation>
        </message>
        <message>
            <source>Tiempo para terminar</source>
            <translation>Time to finish</translation>
        </message>
        <message>
            <source>Tiempo</source>
            <translation>Time</translation>
        </message>
        <message>
            <source>Ayuda</source>
            <translation>Help</translation>
        </message>
        <message>
            <source>Cancelar</source>
            <translation>Cancel</translation>
        </message>
    </context>
    <context>
        <name>BankMessage</name>
        <message>
            <source>Cerrar</source>
            <translation>Close</translation>
        </message>
    </context>
    <context>
        <name>BankPage</name>
        <message>
            <source>Le queda un minuto para terminar en la página de su banco.</source>
            <translation>You have one minute left on your bank's page.</translation>
        </message>
        <message>
            <source>Esta dirección no se abre en el kiosco: {host}. Siga en la página de su banco.</source>
            <translation>This address does not open on the kiosk: {host}. Go on with your bank's page.</translation>
        </message>
        <message>
            <source>Este enlace no se abre en el kiosco. Siga en la página de su banco.</source>
            <translation>This link does not open at the kiosk. Go on in your bank’s page.</translation>
        </message>
        <message>
            <source>La página insiste con avisos: los que siguen no se muestran.</source>
            <translation>The page keeps showing notices: those that follow are not shown.</translation>
        </message>
        <message>
            <source>Este enlace abre otro programa y aquí no se puede. Siga en la página de su banco.</source>
            <translation>This link opens another program, which is not possible here. Go on with your bank's page.</translation>
        </message>
        <message>
            <source>En el kiosco no se guardan archivos. Al final le damos su comprobante.</source>
            <translation>Files are not saved on the kiosk. You get your receipt at the end.</translation>
        </message>
        <message>
            <source>En el kiosco no se pueden adjuntar archivos.</source>
            <translation>Files can not be attached on the kiosk.</translation>
        </message>
    </context>
    <context>
        <name>BeforePage</name>
        <message>
            <source>Antes de comenzar</source>
            <translation>Before you start</translation>
        </message>
        <message>
            <source>Use equipos de confianza</source>
            <translation>Use devices you trust</translation>
        </message>
        <message>
            <source>Este kiosco es de la Cooperativa. Cubra el teclado con la mano y no se deje distraer.</source>
            <translation>This kiosk belongs to the cooperative. Cover the keys with your hand and let nobody distract you.</translation>
        </message>
        <message>
            <source>Nunca entregue sus claves</source>
            <translation>Never give away your passwords</translation>
        </message>
        <message>
            <source>Nadie de la Cooperativa le pedirá la clave de su banco.</source>
            <translation>Nobody from the Cooperative will ask for your bank password.</translation>
        </message>
        <message>
            <source>Tenga su banco listo</source>
            <translation>Have your bank ready</translation>
        </message>
        <message>
            <source>Su cuenta debe tener activos los pagos en línea. Pregunte en su banco cómo habilitarlos.</source>
            <translation>Your account must allow online payments. Ask your bank how to enable them.</translation>
        </message>
        <message>
            <source>Tenga a la mano</source>
            <translation>Have at hand</translation>
        </message>
        <message>
            <source>Su cédula y su clave de asociado, la clave o el token de su banco, y el correo que registró en PSE.</source>
            <translation>Your document and your member password, your bank's password or token, and the e-mail you registered with PSE.</translation>
        </message>
        <message>
            <source>Autorizo el tratamiento de mis datos personales para hacer este pago.</source>
            <translation>I authorise the use of my personal data to make this payment.</translation>
        </message>
        <message>
            <source>Responsable: {cooperative}, NIT {nit}. Usamos sus datos solo para identificarlo, pagar y responder reclamos. Puede consultarlos, corregirlos o revocar esta autorización en {email}. Política: {url}</source>
            <translation>Responsible: {cooperative}, NIT {nit}. We use your data only to identify you, to pay and to answer claims. You may see or correct them or withdraw this consent at {email}. Policy: {url}</translation>
        </message>
        <message>
            <source>Marque esta autorización para continuar.</source>
            <translation>Tick this consent to go on.</translation>
        </message>
        <message>
            <source>Atrás</source>
            <translation>Back</translation>
        </message>
        <message>
            <source>Entendido, continuar</source>
            <translation>Understood, continue</translation>
        </message>
    </context>
    <context>
        <name>ChangeKeyPage</name>
        <message>
            <source>Debe tener entre {least} y {most} caracteres.</source>
            <translation>It must have between {least} and {most} characters.</translation>
        </message>
        <message>
            <source>Use solo números.</source>
            <translation>Use digits only.</translation>
        </message>
        <message>
            <source>La clave nueva debe ser distinta de la actual.</source>
            <translation>The new password must differ from the current one.</translation>
        </message>
        <message>
            <source>Las dos claves nuevas no son iguales.</source>
            <translation>The two new passwords are not the same.</translation>
        </message>
        <message>
            <source>Cree su propia clave</source>
            <translation>Create your own password</translation>
        </message>
        <message>
            <source>Cambiar la clave</source>
            <translation>Change the password</translation>
        </message>
        <message>
            <source>números</source>
            <translation>digits</translation>
        </message>
        <message>
            <source>caracteres</source>
            <translation>characters</translation>
        </message>
        <message>
            <source>Entre {least} y {most} {what}.</source>
            <translation>Between {least} and {most} {what}.</translation>
        </message>
        <message>
            <source>Por seguridad debe cambiar la clave que recibió.</source>
            <translation>For your safety you must change the password you were given.</translation>
        </message>
        <message>
            <source>Se recomienda cambiarla la primera vez que entra.</source>
            <translation>We recommend changing it the first time you come in.</translation>
        </message>
        <message>
            <source>Clave actual</source>
            <translation>Current password</translation>
        </message>
        <message>
            <source>Clave nueva</source>
            <translation>New password</translation>
        </message>
        <message>
            <source>Repita la clave nueva</source>
            <translation>Repeat the new password</translation>
        </message>
        <message>
            <source>Salir</source>
            <translation>Leave</translation>
        </message>
        <message>
            <source>Atrás</source>
            <translation>Back</translation>
        </message>
        <message>
            <source>Guardar la clave</source>
            <translation>Save the password</translation>
        </message>
    </context>
    <context>
        <name>ChoosePage</name>
        <message>
            <source>y {count} más</source>
            <translation>and {count} more</translation>
        </message>
        <message>
            <source>Total a pagar hoy</source>
            <translation>Total to pay today</translation>
        </message>
        <message>
            <source>Su banco puede cobrar el 4×1000. La Cooperativa no cobra por este pago.</source>
            <translation>Your bank may charge the 4×1000 tax. The Cooperative charges nothing for this payment.</translation>
        </message>
        <message>
            <source>Continuar con {amount}</source>
            <translation>Continue with {amount}</translation>
        </message>
        <message>
            <source>Escoja qué pagar</source>
            <translation>Choose what to pay</translation>
        </message>
        <message>
            <source>¿Qué quiere pagar?</source>
            <translation>What do you want to pay?</translation>
        </message>
        <message>
            <source>Todo lo vencido</source>
            <translation>All overdue</translation>
        </message>
        <message>
            <source>Elegir uno por uno</source>
            <translation>Choose one by one</translation>
        </message>
        <message>
            <source>Usted no tiene valores por pagar</source>
            <translation>You have nothing to pay</translation>
        </message>
        <message>
            <source>Si cree que falta una obligación, consulte con un asesor de la agencia.</source>
            <translation>If you think an obligation is missing, ask an adviser at the branch.</translation>
        </message>
        <message>
            <source>Atrás</source>
            <translation>Back</translation>
        </message>
    </context>
    <context>
        <name>Contact</name>
        <message>
            <source>¿Dudas? {phone} · {email}</source>
            <translation>Questions? {phone} · {email}</translation>
        </message>
    </context>
    <context>
        <name>Dates</name>
        <message>
            <source>ene feb mar abr may jun jul ago sep oct nov dic</source>
            <translation>Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec</translation>
        </message>
        <message>
            <source>Vencido hace 1 día</source>
            <translation>Overdue for 1 day</translation>
        </message>
        <message>
            <source>Vencido hace {days} días</source>
            <translation>Overdue for {days} days</translation>
        </message>
        <message>
            <source>Vencido hace {months} meses</source>
            <translation>Overdue for {months} months</translation>
        </message>
    </context>
    <context>
        <name>DialogOverlay</name>
        <message>
            <source>La página de su banco dice:</source>
            <translation>Your bank's page says:</translation>
        </message>
        <message>
            <source>Este aviso se cierra en {seconds} s</source>
            <translation>This notice closes in {seconds} s</translation>
        </message>
        <message>
            <source>Aceptar</source>
            <translation>OK</translation>
        </message>
        <message>
            <source>Cancelar</source>
            <translation>Cancel</translation>
        </message>
    </context>
    <context>
        <name>DocumentChoice</name>
        <message>
            <source>Cédula</source>
            <translation>Cédula</translation>
        </message>
        <message>
            <source>C. extranjería</source>
            <translation>Foreign ID</translation>
        </message>
        <message>
            <source>T. identidad</source>
            <translation>Youth ID</translation>
        </message>
        <message>
            <source>Permiso PPT</source>
            <translation>PPT permit</translation>
        </message>
        <message>
            <source>Pasaporte</source>
            <translation>Passport</translation>
        </message>
        <message>
            <source>NIT</source>
            <translation>NIT</translation>
        </message>
    </context>
    <context>
        <name>GuideRow</name>
        <message>
            <source>{document} · clave {key}</source>
            <translation>{document} · password {key}</translation>
        </message>
    </context>
    <context>
        <name>Header</name>
        <message>
            <source>{number} de {steps} · {name}</source>
            <translation>{number} of {steps} · {name}</translation>
        </message>
        <message>
            <source>{number} de {steps}</source>
            <translation>{number} of {steps}</translation>
        </message>
        <message>
            <source>Ver mejor</source>
            <translation>See better</translation>
        </message>
        <message>
            <source>Salir</source>
            <translation>Leave</translation>
        </message>
        <message>
            <source>Callar</source>
            <translation>Be quiet</translation>
        </message>
        <message>
            <source>Escuchar</source>
            <translation>Listen</translation>
        </message>
        <message>
            <source>Identificación</source>
            <translation>Sign in</translation>
        </message>
        <message>
            <source>Qué pagar</source>
            <translation>What to pay</translation>
        </message>
        <message>
            <source>Resumen</source>
            <translation>Summary</translation>
        </message>
        <message>
            <source>Titular</source>
            <translation>Holder</translation>
        </message>
        <message>
            <source>Confirmar</source>
            <translation>Confirm</translation>
        </message>
        <message>
            <source>Banco</source>
            <translation>Bank</translation>
        </message>
        <message>
            <source>Su celular</source>
            <translation>Your phone</translation>
        </message>
        <message>
            <source>Respuesta</source>
            <translation>Answer</translation>
        </message>
        <message>
            <source>Resultado</source>
            <translation>Result</translation>
        </message>
        <message>
            <source>Comprobante</source>
            <translation>Receipt</translation>
        </message>
    </context>
    <context>
        <name>HelpOverlay</name>
        <message>
            <source>¿Necesita ayuda?</source>
            <translation>Do you need help?</translation>
        </message>
        <message>
            <source>La página no responde</source>
            <translation>The page does not answer</translation>
        </message>
        <message>
            <source>Espere unos segundos: algunos bancos tardan. Si sigue igual, toque «Abrir de nuevo». Solo se debita lo que usted autorice en su banco.</source>
            <translation>Wait a few seconds: some banks are slow. If nothing changes, touch «Open again». Only what you authorise at your bank is debited.</translation>
        </message>
        <message>
            <source>No tiene a la mano la clave o el token</source>
            <translation>You do not have your password or token with you</translation>
        </message>
        <message>
            <source>Toque «Cancelar» en la barra de arriba. Si no autorizó el pago, no se mueve dinero.</source>
            <translation>Touch «Cancel» on the bar above. If you did not authorise the payment, no money moves.</translation>
        </message>
        <message>
            <source>Hable con nosotros</source>
            <translation>Talk to us</translation>
        </message>
        <message>
            <source>{care}: {phone} · Cel {mobile}. También puede acercarse a un asesor de esta agencia.</source>
            <translation>{care}: {phone} · Mobile {mobile}. You may also ask an adviser of this branch.</translation>
        </message>
        <message>
            <source>Abrir de nuevo</source>
            <translation>Open again</translation>
        </message>
        <message>
            <source>Continuar en mi celular</source>
            <translation>Continue on my phone</translation>
        </message>
        <message>
            <source>Cerrar</source>
            <translation>Close</translation>
        </message>
    </context>
    <context>
        <name>HolderPage</name>
        <message>
            <source>Número de documento</source>
            <translation>Document number</translation>
        </message>
        <message>
            <source>NIT, sin dígito de verificación</source>
            <translation>NIT, without check digit</translation>
        </message>
        <message>
            <source>Nombre completo</source>
            <translation>Full name</translation>
        </message>
        <message>
            <source>Razón social</source>
            <translation>Company name</translation>
        </message>
        <message>
            <source>¿De quién es la cuenta del banco?</source>
            <translation>Whose bank account is it?</translation>
        </message>
        <message>
            <source>Total a pagar hoy</source>
            <translation>Total to pay today</translation>
        </message>
        <message>
            <source>La cuenta es mía</source>
            <translation>The account is mine</translation>
        </message>
        <message>
            <source>Persona</source>
            <translation>Person</translation>
        </message>
        <message>
            <source>Empresa</source>
            <translation>Company</translation>
        </message>
        <message>
            <source>Correo registrado en PSE</source>
            <translation>E-mail registered with PSE</translation>
        </message>
        <message>
            <source>nombre@correo.com</source>
            <translation>name@mail.com</translation>
        </message>
        <message>
            <source>Celular</source>
            <translation>Mobile</translation>
        </message>
        <message>
            <source>10 dígitos</source>
            <translation>10 digits</translation>
        </message>
        <message>
            <source>Atrás</source>
            <translation>Back</translation>
        </message>
        <message>
            <source>Continuar</source>
            <translation>Continue</translation>
        </message>
    </context>
    <context>
        <name>Keyboard</name>
        <message>
            <source>espacio</source>
            <translation>space</translation>
        </message>
        <message>
            <source>Listo</source>
            <translation>Done</translation>
        </message>
        <message>
            <source>Siguiente</source>
            <translation>Next</translation>
        </message>
        <message>
            <source>borrar</source>
            <translation>delete</translation>
        </message>
        <message>
            <source>mayúsculas</source>
            <translation>capitals</translation>
        </message>
    </context>
    <context>
        <name>LeaveOverlay</name>
        <message>
            <source>¿Quiere dejar el pago?</source>
            <translation>Do you want to leave the payment?</translation>
        </message>
        <message>
            <source>Si su banco ya hizo el débito, lo sabremos: seguimos consultando y su pago se aplica igual. Espere esa respuesta antes de pagar otra vez.</source>
            <translation>If your bank has debited it already, we shall know: we go on asking and your payment is applied all the same. Wait for that answer before paying again.</translation>
        </message>
        <message>
            <source>Si todavía no lo autorizó en su banco, no se mueve dinero.</source>
            <translation>If you have not authorised it at your bank yet, no money moves.</translation>
        </message>
        <message>
            <source>Sí, salir</source>
            <translation>Yes, leave</translation>
        </message>
        <message>
            <source>Seguir pagando</source>
            <translation>Go on paying</translation>
        </message>
    </context>
    <context>
        <name>MainWindow</name>
        <message>
            <source>DEMOSTRACIÓN · datos inventados, no se mueve dinero</source>
            <translation>DEMONSTRATION · invented data, no money moves</translation>
        </message>
        <message>
            <source>Controles en la parte de abajo</source>
            <translation>Controls further down</translation>
        </message>
        <message>
            <source>Letra grande y más contraste</source>
            <translation>Large text and more contrast</translation>
        </message>
        <message>
            <source>Letra grande</source>
            <translation>Large text</translation>
        </message>
        <message>
            <source>Vista normal</source>
            <translation>Normal view</translation>
        </message>
    </context>
    <context>
        <name>ManagerCasePage</name>
        <message>
            <source>Cuenta en la pasarela</source>
            <translation>Gateway account</translation>
        </message>
        <message>
            <source>No se pudo cerrar el caso: el pago cambió. Ábralo otra vez.</source>
            <translation>The case could not be closed: the payment changed. Open it again.</translation>
        </message>
        <message>
            <source>Cerrar el caso</source>
            <translation>Close the case</translation>
        </message>
        <message>
            <source>Se pagó y está aplicado</source>
            <translation>Paid and applied</translation>
        </message>
        <message>
            <source>El banco no lo autorizó</source>
            <translation>The bank refused it</translation>
        </message>
        <message>
            <source>No se hizo</source>
            <translation>It was not made</translation>
        </message>
        <message>
            <source>Quién lo cierra</source>
            <translation>Who closes it</translation>
        </message>
        <message>
            <source>Por qué</source>
            <translation>Why</translation>
        </message>
        <message>
            <source>Con qué soporte: carta del banco, extracto, registro</source>
            <translation>On what evidence: the bank's letter, a statement, a record</translation>
        </message>
        <message>
            <source>Atrás</source>
            <translation>Back</translation>
        </message>
        <message>
            <source>Imprimir copia</source>
            <translation>Print a copy</translation>
        </message>
        <message>
            <source>Asociado</source>
            <translation>Member</translation>
        </message>
        <message>
            <source>Documento</source>
            <translation>Document</translation>
        </message>
        <message>
            <source>Comenzó</source>
            <translation>Begun</translation>
        </message>
        <message>
            <source>Respuesta del banco</source>
            <translation>Bank's answer</translation>
        </message>
        <message>
            <source>CUS</source>
            <translation>CUS</translation>
        </message>
        <message>
            <source>Banco</source>
            <translation>Bank</translation>
        </message>
        <message>
            <source>Pasarela</source>
            <translation>Gateway</translation>
        </message>
        <message>
            <source>Recibo del sistema</source>
            <translation>The system's receipt</translation>
        </message>
        <message>
            <source>La pasarela dice: valor</source>
            <translation>The gateway says: amount</translation>
        </message>
        <message>
            <source>La pasarela dice: CUS</source>
            <translation>The gateway says: CUS</translation>
        </message>
        <message>
            <source>La pasarela dice: banco</source>
            <translation>The gateway says: bank</translation>
        </message>
        <message>
            <source>Segundo débito</source>
            <translation>Second debit</translation>
        </message>
        <message>
            <source>El segundo débito se devolvió</source>
            <translation>The second debit was returned</translation>
        </message>
    </context>
    <context>
        <name>ManagerOwnPinPage</name>
        <message>
            <source>De 6 a 12 cifras, y no una serie fácil de adivinar.</source>
            <translation>6 to 12 digits, and no series that is easy to guess.</translation>
        </message>
        <message>
            <source>El PIN nuevo debe ser distinto del actual.</source>
            <translation>The new PIN must differ from the present one.</translation>
        </message>
        <message>
            <source>Los dos PIN nuevos no son iguales.</source>
            <translation>The two new PINs are not the same.</translation>
        </message>
        <message>
            <source>Cree su propio PIN</source>
            <translation>Choose a PIN of your own</translation>
        </message>
        <message>
            <source>Cambiar el PIN</source>
            <translation>Change the PIN</translation>
        </message>
        <message>
            <source>El PIN actual lo conoce quien instaló el kiosco.</source>
            <translation>Whoever set this kiosk up knows the present PIN.</translation>
        </message>
        <message>
            <source>PIN actual</source>
            <translation>Present PIN</translation>
        </message>
        <message>
            <source>PIN nuevo</source>
            <translation>New PIN</translation>
        </message>
        <message>
            <source>Repita el nuevo</source>
            <translation>The new one again</translation>
        </message>
        <message>
            <source>Salir</source>
            <translation>Leave</translation>
        </message>
        <message>
            <source>Atrás</source>
            <translation>Back</translation>
        </message>
        <message>
            <source>Guardar el PIN</source>
            <translation>Save the PIN</translation>
        </message>
    </context>
    <context>
        <name>ManagerPage</name>
        <message>
            <source>{reference}: el sistema lo muestra dañado y no se puede comparar ({amount})</source>
            <translation>{reference}: the core's record is damaged and cannot be compared ({amount})</translation>
        </message>
        <message>
            <source>Desde las {time} ningún pago se pudo abrir en la pasarela: {count} intentos seguidos de {members} asociados. Llame a sistemas (código: {kind}).</source>
            <translation>Since {time} no payment could be opened at the gateway: {count} tries in a row, by {members} members. Call IT (code: {kind}).</translation>
        </message>
        <message>
            <source>Pagos por confirmar que son de otra cuenta de la pasarela: {count}. Nadie pregunta por ellos. Llame a sistemas.</source>
            <translation>Open payments that belong to another gateway account: {count}. Nobody asks about them. Call IT.</translation>
        </message>
        <message>
            <source>Toque otra vez para cerrar</source>
            <translation>Touch again to close</translation>
        </message>
        <message>
            <source>Casos por revisar: {count}</source>
            <translation>Cases to review: {count}</translation>
        </message>
        <message>
            <source>Pagos de hoy, {day}</source>
            <translation>Today's payments, {day}</translation>
        </message>
        <message>
            <source>No se pudo leer la bitácora.</source>
            <translation>The journal could not be read.</translation>
        </message>
        <message>
            <source>Consultando…</source>
            <translation>Asking…</translation>
        </message>
        <message>
            <source>Aprobados y aplicados</source>
            <translation>Approved and applied</translation>
        </message>
        <message>
            <source>Aprobados, por aplicar</source>
            <translation>Approved, to be applied</translation>
        </message>
        <message>
            <source>Por confirmar</source>
            <translation>To be confirmed</translation>
        </message>
        <message>
            <source>No pagados</source>
            <translation>Not paid</translation>
        </message>
        <message>
            <source>El sistema de la cooperativa no responde: no se pudo comparar.</source>
            <translation>The cooperative's system does not answer: nothing was compared.</translation>
        </message>
        <message>
            <source>Este kiosco y el sistema de la cooperativa dicen lo mismo.</source>
            <translation>This kiosk and the cooperative's system say the same.</translation>
        </message>
        <message>
            <source>{reference}: no está en el sistema ({amount})</source>
            <translation>{reference}: not in the system ({amount})</translation>
        </message>
        <message>
            <source>{reference}: este kiosco no lo conoce ({amount})</source>
            <translation>{reference}: unknown to this kiosk ({amount})</translation>
        </message>
        <message>
            <source>{reference}: en el sistema tiene otro valor ({amount})</source>
            <translation>{reference}: another amount in the system ({amount})</translation>
        </message>
        <message>
            <source>{reference}: sin aplicar en el sistema ({amount})</source>
            <translation>{reference}: not applied in the system ({amount})</translation>
        </message>
        <message>
            <source>{reference}: reversado en el sistema ({amount})</source>
            <translation>{reference}: reversed in the system ({amount})</translation>
        </message>
        <message>
            <source>Gerente · {agency}</source>
            <translation>Manager · {agency}</translation>
        </message>
        <message>
            <source>Buscar un pago: CUS, referencia, nombre o documento</source>
            <translation>Find a payment: CUS, reference, name or document</translation>
        </message>
        <message>
            <source>Nada espera por usted.</source>
            <translation>Nothing waits for you.</translation>
        </message>
        <message>
            <source>Ningún pago de este kiosco coincide. Si se hizo en otro kiosco, búsquelo allí.</source>
            <translation>No payment of this kiosk matches. If it was made at another kiosk, look for it there.</translation>
        </message>
        <message>
            <source>Salir</source>
            <translation>Leave</translation>
        </message>
        <message>
            <source>Cambiar el PIN</source>
            <translation>Change the PIN</translation>
        </message>
        <message>
            <source>Cerrar el programa</source>
            <translation>Close the program</translation>
        </message>
        <message>
            <source>Pagos encontrados</source>
            <translation>Payments found</translation>
        </message>
        <message>
            <source>Casos por revisar</source>
            <translation>Cases to review</translation>
        </message>
        <message>
            <source>{reference}: el sistema ya lo tiene; aquí falta esa respuesta ({amount})</source>
            <translation>{reference}: the system has it; its answer is missing here ({amount})</translation>
        </message>
        <message>
            <source>{reference}: el sistema lo tiene aplicado; aquí está por confirmar ({amount})</source>
            <translation>{reference}: applied in the system; to be confirmed here ({amount})</translation>
        </message>
        <message>
            <source>{reference}: el sistema lo tiene aplicado; aquí figura sin pago ({amount})</source>
            <translation>{reference}: applied in the system; unpaid here ({amount})</translation>
        </message>
        <message>
            <source>{reference}: en el sistema tiene otro CUS ({amount})</source>
            <translation>{reference}: another CUS in the system ({amount})</translation>
        </message>
    </context>
    <context>
        <name>ManagerPinPage</name>
        <message>
            <source>Gerente de la agencia</source>
            <translation>Branch manager</translation>
        </message>
        <message>
            <source>Esta parte es solo para el personal de la cooperativa.</source>
            <translation>This part is for the cooperative's staff only.</translation>
        </message>
        <message>
            <source>PIN</source>
            <translation>PIN</translation>
        </message>
        <message>
            <source>Salir</source>
            <translation>Leave</translation>
        </message>
        <message>
            <source>Entrar</source>
            <translation>Enter</translation>
        </message>
    </context>
    <context>
        <name>MenuPage</name>
        <message>
            <source>Hola, {name}</source>
            <translation>Hello, {name}</translation>
        </message>
        <message>
            <source>Tiene {count} pago por confirmar con su banco. No lo pague otra vez: mírelo en «Mis pagos».</source>
            <translation>You have {count} payment your bank has not confirmed. Do not pay it again: see “My payments”.</translation>
        </message>
        <message>
            <source>Tiene {count} pagos por confirmar con su banco. No los pague otra vez: mírelos en «Mis pagos».</source>
            <translation>You have {count} payments your bank has not confirmed. Do not pay them again: see “My payments”.</translation>
        </message>
        <message>
            <source>Su pago de {amount} del {day} fue aprobado. Su comprobante está en «Mis pagos».</source>
            <translation>Your payment of {amount} on {day} was approved. Your receipt is under “My payments”.</translation>
        </message>
        <message>
            <source>Su pago de {amount} del {day} no se hizo y no hubo débito. Puede intentarlo otra vez.</source>
            <translation>Your payment of {amount} on {day} was not made and nothing was debited. You can try again.</translation>
        </message>
        <message>
            <source>Consultando…</source>
            <translation>Looking up…</translation>
        </message>
        <message>
            <source>Pagar</source>
            <translation>Pay</translation>
        </message>
        <message>
            <source>Crédito, aportes, fondo vida, servicio funerario y servicios adicionales.</source>
            <translation>Loan, contributions, life fund, funeral service and additional services.</translation>
        </message>
        <message>
            <source>¿Qué quiere hacer hoy?</source>
            <translation>What do you want to do today?</translation>
        </message>
        <message>
            <source>Mis pagos</source>
            <translation>My payments</translation>
        </message>
        <message>
            <source>Vea si ya se aplicaron o imprima el comprobante otra vez.</source>
            <translation>See whether they were applied, or print the receipt again.</translation>
        </message>
        <message>
            <source>Cambiar la clave</source>
            <translation>Change the password</translation>
        </message>
        <message>
            <source>Recomendado si es su primer ingreso.</source>
            <translation>Recommended if this is your first time.</translation>
        </message>
        <message>
            <source>Salir</source>
            <translation>Leave</translation>
        </message>
        <message>
            <source>Cierra su sesión y borra sus datos de la pantalla.</source>
            <translation>Closes your session and clears your data from the screen.</translation>
        </message>
        <message>
            <source>Su pago de {amount} del {day} está en revisión: el banco respondió algo distinto de lo que le dijimos. No lo pague otra vez antes de hablar con la Cooperativa.</source>
            <translation>Your payment of {amount} of {day} is being looked into: the bank now says something else than we told you. Talk to the Cooperative before you pay it again.</translation>
        </message>
        <message>
            <source>Su pago de {amount} del {day} está en firme, y el banco reporta otro débito por el mismo pago. La Cooperativa está revisando cómo devolvérselo.</source>
            <translation>Your payment of {amount} of {day} stands, and the bank reports another debit for it. The Cooperative is looking into how to return it to you.</translation>
        </message>
        <message>
            <source>Su pago de {amount} del {day} está por confirmar con su banco. No lo pague otra vez.</source>
            <translation>Your payment of {amount} of {day} is to be confirmed with your bank. Do not pay it again.</translation>
        </message>
    </context>
    <context>
        <name>ObligationWords</name>
        <message>
            <source>Crédito</source>
            <translation>Loan</translation>
        </message>
        <message>
            <source>Aportes</source>
            <translation>Contributions</translation>
        </message>
        <message>
            <source>Fondo vida</source>
            <translation>Life fund</translation>
        </message>
        <message>
            <source>Fondo vida servicio funerario</source>
            <translation>Life fund, funeral service</translation>
        </message>
        <message>
            <source>Servicios adicionales</source>
            <translation>Additional services</translation>
        </message>
        <message>
            <source>No tiene valores por pagar</source>
            <translation>There is nothing to pay</translation>
        </message>
        <message>
            <source>En cobro jurídico: consulte en la agencia</source>
            <translation>In legal collection: ask at the branch</translation>
        </message>
        <message>
            <source>Solo por descuento de nómina</source>
            <translation>By payroll deduction only</translation>
        </message>
        <message>
            <source>Cancelada</source>
            <translation>Closed</translation>
        </message>
        <message>
            <source>Con un pago en proceso: mírelo en «Mis pagos»</source>
            <translation>A payment is under way: see “My payments”</translation>
        </message>
        <message>
            <source>No se paga en este kiosco</source>
            <translation>Can not be paid on this kiosk</translation>
        </message>
        <message>
            <source>Vencido</source>
            <translation>Overdue</translation>
        </message>
        <message>
            <source>Al día</source>
            <translation>Up to date</translation>
        </message>
        <message>
            <source>Próximo</source>
            <translation>Next</translation>
        </message>
        <message>
            <source>Próximo · {date}</source>
            <translation>Next · {date}</translation>
        </message>
        <message>
            <source>Otro valor</source>
            <translation>Other amount</translation>
        </message>
        <message>
            <source>Escribir</source>
            <translation>Type it</translation>
        </message>
        <message>
            <source>marcado</source>
            <translation>selected</translation>
        </message>
        <message>
            <source>Marcado: se pagan {amount}</source>
            <translation>Selected: {amount} to pay</translation>
        </message>
        <message>
            <source>sin marcar</source>
            <translation>not selected</translation>
        </message>
    </context>
    <context>
        <name>OpeningPanel</name>
        <message>
            <source>Abriendo la página de pago</source>
            <translation>Opening the payment page</translation>
        </message>
        <message>
            <source>Suele tardar unos segundos. Antes de escribir sus claves, mire arriba en qué página está.</source>
            <translation>It usually takes a few seconds. Before typing your passwords, look above to see which page you are on.</translation>
        </message>
    </context>
    <context>
        <name>OrderTable</name>
        <message>
            <source>Valor vencido</source>
            <translation>Overdue amount</translation>
        </message>
        <message>
            <source>Próximo vencimiento</source>
            <translation>Next due</translation>
        </message>
        <message>
            <source>Otro valor</source>
            <translation>Other amount</translation>
        </message>
    </context>
    <context>
        <name>OutOfServicePage</name>
        <message>
            <source>el reloj de este equipo está adelantado {minutes} minutos</source>
            <translation>this machine's clock is {minutes} minutes fast</translation>
        </message>
        <message>
            <source>el reloj de este equipo está atrasado {minutes} minutos</source>
            <translation>this machine's clock is {minutes} minutes slow</translation>
        </message>
        <message>
            <source>la bitácora de pagos de este equipo no se puede usar</source>
            <translation>this machine's payment journal cannot be used</translation>
        </message>
        <message>
            <source>este equipo no pudo arrancar</source>
            <translation>this machine could not start</translation>
        </message>
        <message>
            <source>Para el personal: {why}. Avise a sistemas.</source>
            <translation>For staff: {why}. Call IT.</translation>
        </message>
        <message>
            <source>Este kiosco no está en servicio</source>
            <translation>This kiosk is out of service</translation>
        </message>
        <message>
            <source>Pague en la ventanilla de la {agency}, en otro kiosco o en {website}.</source>
            <translation>Pay at the counter of {agency}, at another kiosk or on {website}.</translation>
        </message>
        <message>
            <source>Los pagos que ya hizo están seguros y se aplican normalmente.</source>
            <translation>The payments you already made are safe and are applied as usual.</translation>
        </message>
    </context>
    <context>
        <name>PaymentsPage</name>
        <message>
            <source>Mis pagos</source>
            <translation>My payments</translation>
        </message>
        <message>
            <source>Toque un pago para ver su estado o imprimir el comprobante otra vez.</source>
            <translation>Touch a payment to see how it stands or print the receipt again.</translation>
        </message>
        <message>
            <source>Todavía no ha pagado en este kiosco</source>
            <translation>You have not paid on this kiosk yet</translation>
        </message>
        <message>
            <source>Cuando haga un pago, aquí podrá ver su estado e imprimir el comprobante.</source>
            <translation>When you make a payment, here you can see how it stands and print the receipt.</translation>
        </message>
        <message>
            <source>Atrás</source>
            <translation>Back</translation>
        </message>
    </context>
    <context>
        <name>PhonePage</name>
        <message>
            <source>Este kiosco lo espera {time}</source>
            <translation>This kiosk waits for you {time}</translation>
        </message>
        <message>
            <source>Pague {amount} desde su celular</source>
            <translation>Pay {amount} from your phone</translation>
        </message>
        <message>
            <source>Abra la cámara de su celular, apunte al código y toque la dirección.</source>
            <translation>Open your phone's camera, point it at the code and touch the address.</translation>
        </message>
        <message>
            <source>Pague allí: sus claves solo las escribe en su propio celular.</source>
            <translation>Pay there: you type your passwords on your own phone only.</translation>
        </message>
        <message>
            <source>Esta pantalla se entera sola y le imprime el comprobante.</source>
            <translation>This screen hears of it by itself and prints your receipt.</translation>
        </message>
        <message>
            <source>Esperando la respuesta de su banco</source>
            <translation>Waiting for your bank's answer</translation>
        </message>
        <message>
            <source>Referencia {reference}</source>
            <translation>Reference {reference}</translation>
        </message>
        <message>
            <source>¿Prefiere no esperar? Toque «Terminar aquí»: PSE le confirma a {email} y su comprobante queda en «Mis pagos».</source>
            <translation>Rather not wait? Touch “Finish here”: PSE confirms to {email} and your receipt stays under “My payments”.</translation>
        </message>
        <message>
            <source>Cancelar</source>
            <translation>Cancel</translation>
        </message>
        <message>
            <source>Pagar en este kiosco</source>
            <translation>Pay at this kiosk</translation>
        </message>
        <message>
            <source>Terminar aquí</source>
            <translation>Finish here</translation>
        </message>
    </context>
    <context>
        <name>PickBankPage</name>
        <message>
            <source>¿Desde qué banco paga?</source>
            <translation>Which bank do you pay from?</translation>
        </message>
        <message>
            <source>Toque el banco del titular de la cuenta.</source>
            <translation>Touch the account holder's bank.</translation>
        </message>
        <message>
            <source>Total a pagar hoy: {amount}.</source>
            <translation>Total to pay today: {amount}.</translation>
        </message>
        <message>
            <source>Bancos</source>
            <translation>Banks</translation>
        </message>
        <message>
            <source>Atrás</source>
            <translation>Back</translation>
        </message>
        <message>
            <source>Continuar</source>
            <translation>Continue</translation>
        </message>
    </context>
    <context>
        <name>PinTexts</name>
        <message>
            <source>Demasiados intentos. Espere {minutes} min.</source>
            <translation>Too many tries. Wait {minutes} min.</translation>
        </message>
        <message>
            <source>El PIN no es correcto. Quedan {left} intentos.</source>
            <translation>The PIN is not right. {left} tries left.</translation>
        </message>
        <message>
            <source>El PIN no se pudo leer o guardar. Avise a sistemas.</source>
            <translation>The PIN could not be read or saved. Tell IT.</translation>
        </message>
        <message>
            <source>Este kiosco no tiene PIN de gerente. Pídalo a sistemas.</source>
            <translation>This kiosk has no manager PIN. Ask IT for one.</translation>
        </message>
    </context>
    <context>
        <name>PrintingCard</name>
        <message>
            <source>Imprimiendo…</source>
            <translation>Printing…</translation>
        </message>
        <message>
            <source>Tómelo abajo a la derecha</source>
            <translation>Take it below on the right</translation>
        </message>
        <message>
            <source>Ya está impreso</source>
            <translation>It is printed</translation>
        </message>
        <message>
            <source>La impresora no tiene papel</source>
            <translation>The printer has no paper</translation>
        </message>
        <message>
            <source>Guárdelo con el código QR</source>
            <translation>Keep it with the QR code</translation>
        </message>
        <message>
            <source>Este kiosco no imprime</source>
            <translation>This kiosk does not print</translation>
        </message>
        <message>
            <source>No se pudo imprimir</source>
            <translation>It could not be printed</translation>
        </message>
        <message>
            <source>Guárdelo con el código QR o intente otra vez</source>
            <translation>Keep it with the QR code or try again</translation>
        </message>
    </context>
    <context>
        <name>ProblemTexts</name>
        <message>
            <source>La cédula o la clave no coinciden.</source>
            <translation>The document or the password does not match.</translation>
        </message>
        <message>
            <source>Por seguridad este documento quedó bloqueado hasta las {until}.</source>
            <translation>For safety this document is locked until {until}.</translation>
        </message>
        <message>
            <source>Este canal no está habilitado para usted.</source>
            <translation>This channel is not enabled for you.</translation>
        </message>
        <message>
            <source>No se ha pagado nada. Acérquese a un asesor de esta agencia. {call}</source>
            <translation>Nothing has been paid. Ask an adviser of this branch. {call}</translation>
        </message>
        <message>
            <source>No tenemos un correo electrónico suyo.</source>
            <translation>We do not have an e-mail of yours.</translation>
        </message>
        <message>
            <source>Para recibir la clave, actualice sus datos en su agencia con su documento.</source>
            <translation>To receive your password, update your data at your branch with your document.</translation>
        </message>
        <message>
            <source>En este momento no logramos comunicarnos con la Cooperativa.</source>
            <translation>We can not reach the Cooperative right now.</translation>
        </message>
        <message>
            <source>No se ha pagado nada y lo que escribió sigue aquí. Espere un minuto e intente de nuevo. {call}</source>
            <translation>Nothing has been paid and what you typed is still here. Wait a minute and try again. {call}</translation>
        </message>
        <message>
            <source>Este kiosco no está autorizado por la Cooperativa.</source>
            <translation>This kiosk is not authorised by the Cooperative.</translation>
        </message>
        <message>
            <source>No se ha pagado nada. Avise a un asesor de la agencia: el área de sistemas debe revisarlo.</source>
            <translation>Nothing has been paid. Tell an adviser of the branch: the systems area must look at it.</translation>
        </message>
        <message>
            <source>Su sesión terminó por seguridad.</source>
            <translation>Your session ended for safety.</translation>
        </message>
        <message>
            <source>La clave nueva no cumple las reglas.</source>
            <translation>The new password does not follow the rules.</translation>
        </message>
        <message>
            <source>Su clave anterior sigue vigente. Escoja otra que no haya usado antes.</source>
            <translation>Your former password is still valid. Choose another one you have not used before.</translation>
        </message>
        <message>
            <source>Aún no ha escogido qué pagar.</source>
            <translation>You have not chosen what to pay yet.</translation>
        </message>
        <message>
            <source>Toque un valor en la lista para agregarlo al total.</source>
            <translation>Touch an amount in the list to add it to the total.</translation>
        </message>
        <message>
            <source>En un solo pago caben máximo 20 obligaciones.</source>
            <translation>One payment takes at most 20 obligations.</translation>
        </message>
        <message>
            <source>Pague estas primero; luego puede hacer otro pago con las demás.</source>
            <translation>Pay these first; then you can make another payment with the rest.</translation>
        </message>
        <message>
            <source>El pago mínimo por PSE es {amount}.</source>
            <translation>The smallest payment by PSE is {amount}.</translation>
        </message>
        <message>
            <source>Agregue otra obligación o un valor mayor para continuar.</source>
            <translation>Add another obligation or a larger amount to continue.</translation>
        </message>
        <message>
            <source>El pago máximo por PSE es {amount}.</source>
            <translation>The largest payment by PSE is {amount}.</translation>
        </message>
        <message>
            <source>Quite una obligación y haga luego otro pago.</source>
            <translation>Take out an obligation and make another payment later.</translation>
        </message>
        <message>
            <source>Una de estas obligaciones ya tiene un pago en proceso.</source>
            <translation>One of these obligations already has a payment in progress.</translation>
        </message>
        <message>
            <source>No se pudo crear la transacción.</source>
            <translation>The transaction could not be created.</translation>
        </message>
        <message>
            <source>No se hizo ningún débito y lo que escribió sigue aquí. Espere un minuto e intente otra vez. {call}</source>
            <translation>No debit was made and what you typed is still here. Wait a minute and try again. {call}</translation>
        </message>
        <message>
            <source>No pague dos veces: consulte el estado en «Mis pagos».</source>
            <translation>Do not pay twice: see its state under “My payments”.</translation>
        </message>
        <message>
            <source>No se ha pagado nada. Revise los números e intente otra vez, o toque «Es mi primera vez u olvidé la clave».</source>
            <translation>Nothing was paid. Check the numbers and try again, or touch “It is my first time, or I forgot the password”.</translation>
        </message>
        <message>
            <source>Hubo varios intentos con clave equivocada. Su dinero está a salvo: espere o toque «Es mi primera vez u olvidé la clave». {call}</source>
            <translation>There were several tries with a wrong password. Your money is safe: wait, or touch “It is my first time, or I forgot the password”. {call}</translation>
        </message>
        <message>
            <source>Espere {seconds} segundos antes de intentar otra vez.</source>
            <translation>Wait {seconds} seconds before trying again.</translation>
        </message>
        <message>
            <source>Hubo varias claves equivocadas en este kiosco. Si no recuerda la suya, toque «Es mi primera vez u olvidé la clave».</source>
            <translation>Several wrong passwords were typed at this kiosk. If you do not remember yours, touch “It is my first time, or I forgot the password”.</translation>
        </message>
        <message>
            <source>No se ha pagado nada. Ingrese otra vez con su documento y su clave.</source>
            <translation>Nothing has been paid. Sign in again with your document and password.</translation>
        </message>
        <message>
            <source>Una de estas obligaciones ya está pagada.</source>
            <translation>One of these obligations is paid already.</translation>
        </message>
        <message>
            <source>No pague dos veces: vea su comprobante en «Mis pagos».</source>
            <translation>Do not pay twice: see your receipt under “My payments”.</translation>
        </message>
        <message>
            <source>La lista de bancos no está disponible ahora.</source>
            <translation>The list of banks is not available now.</translation>
        </message>
        <message>
            <source>No se ha pagado nada y lo que escribió sigue aquí.</source>
            <translation>Nothing was paid and what you typed is still here.</translation>
        </message>
        <message>
            <source>No se hizo ningún débito y lo que escogió sigue aquí.</source>
            <translation>No debit was made and what you chose is still here.</translation>
        </message>
        <message>
            <source>El valor es mayor de lo que PSE permite.</source>
            <translation>The amount is more than PSE allows.</translation>
        </message>
        <message>
            <source>No se hizo ningún débito. Puede pagar un valor menor.</source>
            <translation>No debit was made. You can pay a smaller amount.</translation>
        </message>
        <message>
            <source>Ese banco no responde en este momento.</source>
            <translation>That bank does not answer at the moment.</translation>
        </message>
        <message>
            <source>No se hizo ningún débito y lo que escribió sigue aquí.</source>
            <translation>Nothing was debited and what you typed is still here.</translation>
        </message>
        <message>
            <source>No logramos comunicarnos con PSE.</source>
            <translation>We can not reach PSE.</translation>
        </message>
        <message>
            <source>Lo que debe cambió mientras escogía.</source>
            <translation>What you owe changed while you were choosing.</translation>
        </message>
        <message>
            <source>No se hizo ningún débito. Tal vez ya se pagó en otro kiosco o en la web: revise los valores y escoja otra vez.</source>
            <translation>No money was debited. Perhaps it was paid at another kiosk or on the web: check the amounts and choose again.</translation>
        </message>
        <message>
            <source>Este kiosco no puede guardar pagos ahora.</source>
            <translation>This kiosk can not keep payments right now.</translation>
        </message>
        <message>
            <source>No se hizo ningún débito. Pague en ventanilla o en otro kiosco y avise a un asesor.</source>
            <translation>No debit was made. Pay at the counter or at another kiosk and tell an adviser.</translation>
        </message>
        <message>
            <source>Algo no salió bien en este kiosco.</source>
            <translation>Something went wrong on this kiosk.</translation>
        </message>
        <message>
            <source>Si ya estaba pagando, su pago no se pierde: consúltelo en «Mis pagos». {call}</source>
            <translation>If you were already paying, your payment is not lost: see “My payments”. {call}</translation>
        </message>
        <message>
            <source>Si necesita ayuda llame a {care}: {phone}.</source>
            <translation>If you need help call {care}: {phone}.</translation>
        </message>
        <message>
            <source>Teléfono {phone}.</source>
            <translation>Phone {phone}.</translation>
        </message>
        <message>
            <source>Le queda 1 intento antes de que el documento se bloquee.</source>
            <translation>You have 1 try left before the document is locked.</translation>
        </message>
        <message>
            <source>Le quedan {left} intentos.</source>
            <translation>You have {left} tries left.</translation>
        </message>
        <message>
            <source>Escriba el número del documento.</source>
            <translation>Type the document number.</translation>
        </message>
        <message>
            <source>Escriba solo números, sin letras ni signos.</source>
            <translation>Type digits only, no letters or signs.</translation>
        </message>
        <message>
            <source>Use solo letras y números.</source>
            <translation>Use letters and digits only.</translation>
        </message>
        <message>
            <source>Al número le faltan cifras. Revíselo.</source>
            <translation>The number lacks digits. Check it.</translation>
        </message>
        <message>
            <source>El número tiene cifras de más. Revíselo.</source>
            <translation>The number has too many digits. Check it.</translation>
        </message>
        <message>
            <source>El número no puede empezar por cero.</source>
            <translation>The number can not start with zero.</translation>
        </message>
        <message>
            <source>Una persona no usa NIT. Escoja otro tipo de documento.</source>
            <translation>A person does not use a NIT. Choose another type of document.</translation>
        </message>
        <message>
            <source>El dígito de verificación no corresponde. Revise el NIT.</source>
            <translation>The check digit does not fit. Check the NIT.</translation>
        </message>
        <message>
            <source>Una empresa debe usar su NIT.</source>
            <translation>A company must use its NIT.</translation>
        </message>
        <message>
            <source>Este dato hace falta.</source>
            <translation>This is needed.</translation>
        </message>
        <message>
            <source>El texto es demasiado largo.</source>
            <translation>The text is too long.</translation>
        </message>
        <message>
            <source>Quite los signos especiales.</source>
            <translation>Take out the special signs.</translation>
        </message>
        <message>
            <source>Escriba un correo completo, como nombre@correo.com.</source>
            <translation>Type a complete e-mail, like name@mail.com.</translation>
        </message>
        <message>
            <source>El celular tiene 10 dígitos y empieza por 3.</source>
            <translation>A mobile number has 10 digits and starts with 3.</translation>
        </message>
        <message>
            <source>Esta obligación no recibe otros valores.</source>
            <translation>This obligation takes no other amounts.</translation>
        </message>
        <message>
            <source>Escriba cuánto quiere pagar.</source>
            <translation>Type how much you want to pay.</translation>
        </message>
        <message>
            <source>Escriba solo números, sin signos.</source>
            <translation>Type digits only, no signs.</translation>
        </message>
        <message>
            <source>Escriba pesos completos, sin centavos.</source>
            <translation>Type whole pesos, without cents.</translation>
        </message>
        <message>
            <source>El valor debe ser mayor que cero.</source>
            <translation>The amount must be more than zero.</translation>
        </message>
        <message>
            <source>El valor mínimo es {minimum}.</source>
            <translation>The smallest amount is {minimum}.</translation>
        </message>
        <message>
            <source>El valor máximo es {maximum}.</source>
            <translation>The largest amount is {maximum}.</translation>
        </message>
    </context>
    <context>
        <name>Reader</name>
        <message>
            <source>Puede escoger: {actions}.</source>
            <translation>You can choose: {actions}.</translation>
        </message>
        <message>
            <source>marcado</source>
            <translation>selected</translation>
        </message>
        <message>
            <source>vacío</source>
            <translation>empty</translation>
        </message>
        <message>
            <source>{count} caracteres, no se dicen</source>
            <translation>{count} characters, not read aloud</translation>
        </message>
        <message>
            <source>Respuesta para su banco</source>
            <translation>Answer for your bank</translation>
        </message>
        <message>
            <source>y {count} más</source>
            <translation>and {count} more</translation>
        </message>
        <message>
            <source>{name}, lista de {count}</source>
            <translation>{name}, a list of {count}</translation>
        </message>
        <message>
            <source>sin marcar</source>
            <translation>not selected</translation>
        </message>
        <message>
            <source>no disponible</source>
            <translation>not available</translation>
        </message>
        <message>
            <source>Casilla</source>
            <translation>Check box</translation>
        </message>
    </context>
    <context>
        <name>ReceiptPage</name>
        <message>
            <source>Guárdelo en su celular</source>
            <translation>Keep it on your phone</translation>
        </message>
        <message>
            <source>Apunte la cámara al código para tener su comprobante.</source>
            <translation>Point the camera at the code to have your receipt.</translation>
        </message>
        <message>
            <source>Atrás</source>
            <translation>Back</translation>
        </message>
        <message>
            <source>Imprimir copia</source>
            <translation>Print a copy</translation>
        </message>
        <message>
            <source>Finalizar</source>
            <translation>Finish</translation>
        </message>
    </context>
    <context>
        <name>RecoverPage</name>
        <message>
            <source>Volver a ingresar</source>
            <translation>Back to sign in</translation>
        </message>
        <message>
            <source>Enviar la clave</source>
            <translation>Send the password</translation>
        </message>
        <message>
            <source>Revise su correo</source>
            <translation>Check your e-mail</translation>
        </message>
        <message>
            <source>Le enviamos las instrucciones a {email}.</source>
            <translation>We sent the instructions to {email}.</translation>
        </message>
        <message>
            <source>Si su correo está registrado, allí encontrará las instrucciones.</source>
            <translation>If your e-mail is registered, you will find the instructions there.</translation>
        </message>
        <message>
            <source>Sirven durante {minutes} minutos. </source>
            <translation>They are good for {minutes} minutes. </translation>
        </message>
        <message>
            <source>Mire también la carpeta de correo no deseado. Su clave anterior sigue sirviendo.</source>
            <translation>Look in the junk folder too. Your former password still works.</translation>
        </message>
        <message>
            <source>No tenemos un correo electrónico suyo</source>
            <translation>We do not have an e-mail of yours</translation>
        </message>
        <message>
            <source>Acérquese con su documento a un asesor para actualizar sus datos:
{agency}, {city}
{address}
Teléfono {phone}</source>
            <translation>Go to an adviser with your document to update your data:
{agency}, {city}
{address}
Phone {phone}</translation>
        </message>
        <message>
            <source>Horario: {hours}</source>
            <translation>Hours: {hours}</translation>
        </message>
        <message>
            <source>Recuperar la clave</source>
            <translation>Recover the password</translation>
        </message>
        <message>
            <source>La enviamos al correo electrónico que usted registró en la Cooperativa.</source>
            <translation>We send it to the e-mail you registered with the Cooperative.</translation>
        </message>
        <message>
            <source>Tipo de documento</source>
            <translation>Type of document</translation>
        </message>
        <message>
            <source>Número de documento</source>
            <translation>Document number</translation>
        </message>
        <message>
            <source>Atrás</source>
            <translation>Back</translation>
        </message>
    </context>
    <context>
        <name>ResultPage</name>
        <message>
            <source>Guárdelo en su celular</source>
            <translation>Keep it on your phone</translation>
        </message>
        <message>
            <source>Apunte la cámara al código para tener su comprobante.</source>
            <translation>Point the camera at the code to have your receipt.</translation>
        </message>
        <message>
            <source>Hacer otro pago</source>
            <translation>Make another payment</translation>
        </message>
        <message>
            <source>Consultando…</source>
            <translation>Asking…</translation>
        </message>
        <message>
            <source>Consultar ahora</source>
            <translation>Ask now</translation>
        </message>
        <message>
            <source>Ver comprobante</source>
            <translation>See receipt</translation>
        </message>
        <message>
            <source>Volver a mis pagos</source>
            <translation>Back to my payments</translation>
        </message>
        <message>
            <source>Finalizar</source>
            <translation>Finish</translation>
        </message>
        <message>
            <source>Su banco aún no confirma el pago de {amount}</source>
            <translation>Your bank has not confirmed the payment of {amount} yet</translation>
        </message>
        <message>
            <source>PSE no respondió al abrir su pago de {amount}</source>
            <translation>PSE did not answer when opening your payment of {amount}</translation>
        </message>
        <message>
            <source>No se hizo ningún débito</source>
            <translation>No money was debited</translation>
        </message>
        <message>
            <source>Intentar de nuevo</source>
            <translation>Try again</translation>
        </message>
        <message>
            <source>Ver la constancia</source>
            <translation>See the statement</translation>
        </message>
        <message>
            <source>Su pago quedó aplicado a sus obligaciones.</source>
            <translation>Your payment was applied to your obligations.</translation>
        </message>
        <message>
            <source>Su banco ya pagó. Estamos aplicándolo a sus obligaciones.</source>
            <translation>Your bank has paid. We are applying it to your obligations.</translation>
        </message>
        <message>
            <source>No pague de nuevo: seguimos consultando y lo aplicamos apenas el banco responda.</source>
            <translation>Do not pay again: we go on asking and apply it as soon as the bank answers.</translation>
        </message>
        <message>
            <source>Usted no llegó a la página de su banco. No pague de nuevo: seguimos consultando.</source>
            <translation>You did not reach your bank's page. Do not pay again: we go on asking.</translation>
        </message>
        <message>
            <source>Consultamos a las {time}: todavía no hay respuesta.</source>
            <translation>We asked at {time}: there is no answer yet.</translation>
        </message>
        <message>
            <source>Intento de pago de {amount}.</source>
            <translation>Attempted payment of {amount}.</translation>
        </message>
        <message>
            <source>El pago se canceló. Puede intentarlo de nuevo cuando quiera.</source>
            <translation>The payment was cancelled. You may try again whenever you like.</translation>
        </message>
        <message>
            <source>Respuesta: «{cause}».</source>
            <translation>Answer: «{cause}».</translation>
        </message>
        <message>
            <source>Su banco no lo autorizó. Inténtelo de nuevo o consulte con su banco.</source>
            <translation>Your bank did not authorise it. Try again or ask your bank.</translation>
        </message>
        <message>
            <source>El pago no se pudo completar. Puede intentarlo de nuevo.</source>
            <translation>The payment could not be completed. You can try again.</translation>
        </message>
        <message>
            <source>En este kiosco, en «Mis pagos», con su documento. Referencia {reference}.</source>
            <translation>At this kiosk, under “My payments”, with your document. Reference {reference}.</translation>
        </message>
        <message>
            <source>¿Dudas? {who}</source>
            <translation>Questions? {who}</translation>
        </message>
        <message>
            <source>CUS</source>
            <translation>CUS</translation>
        </message>
        <message>
            <source>Referencia</source>
            <translation>Reference</translation>
        </message>
        <message>
            <source>Banco</source>
            <translation>Bank</translation>
        </message>
        <message>
            <source>Fecha y hora</source>
            <translation>Date and time</translation>
        </message>
        <message>
            <source>y {count} más</source>
            <translation>and {count} more</translation>
        </message>
        <message>
            <source>Consulte cuando quiera</source>
            <translation>Look it up any time</translation>
        </message>
        <message>
            <source>Llévese la constancia</source>
            <translation>Take the statement with you</translation>
        </message>
        <message>
            <source>Impresa o con el código QR. No es un comprobante de pago aprobado.</source>
            <translation>Printed or with the QR code. It is not a receipt of an approved payment.</translation>
        </message>
        <message>
            <source>¿Dudas?</source>
            <translation>Questions?</translation>
        </message>
        <message>
            <source>Lo que respondió el banco no coincide con lo que tenemos. La Cooperativa lo está revisando y le responde. No pague de nuevo estas obligaciones mientras tanto.</source>
            <translation>What the bank answered does not agree with what we have. The Cooperative is looking into it and will answer you. Do not pay these obligations again meanwhile.</translation>
        </message>
        <message>
            <source>Estamos revisando su pago de {amount}</source>
            <translation>We are looking into your payment of {amount}</translation>
        </message>
        <message>
            <source>Su pago quedó en firme, y el banco reporta otro débito por el mismo pago. La Cooperativa está revisando cómo devolvérselo.</source>
            <translation>Your payment stands, and the bank reports another debit for it. The Cooperative is looking into how to return it to you.</translation>
        </message>
    </context>
    <context>
        <name>ReviewPage</name>
        <message>
            <source>Abriendo PSE…</source>
            <translation>Opening PSE…</translation>
        </message>
        <message>
            <source>Pagar {amount}</source>
            <translation>Pay {amount}</translation>
        </message>
        <message>
            <source>Verifique y pague</source>
            <translation>Check and pay</translation>
        </message>
        <message>
            <source>Total a pagar hoy con Débito bancario PSE</source>
            <translation>Total to pay today by Débito bancario PSE</translation>
        </message>
        <message>
            <source>Titular de la cuenta</source>
            <translation>Account holder</translation>
        </message>
        <message>
            <source>Nombre</source>
            <translation>Name</translation>
        </message>
        <message>
            <source>Documento</source>
            <translation>Document</translation>
        </message>
        <message>
            <source>Correo</source>
            <translation>E-mail</translation>
        </message>
        <message>
            <source>Celular</source>
            <translation>Mobile</translation>
        </message>
        <message>
            <source>Banco</source>
            <translation>Bank</translation>
        </message>
        <message>
            <source>Al tocar «Pagar» se abre la página de PSE y luego la de su banco. El débito se hace cuando usted lo confirme allí.</source>
            <translation>When you touch «Pay», the page of PSE opens and then your bank's. The debit is made when you confirm it there.</translation>
        </message>
        <message>
            <source>¿No quiere escribir sus claves aquí? Toque «Pagar en mi celular».</source>
            <translation>Rather not type your passwords here? Touch “Pay on my phone”.</translation>
        </message>
        <message>
            <source>Atrás</source>
            <translation>Back</translation>
        </message>
        <message>
            <source>Pagar en mi celular</source>
            <translation>Pay on my phone</translation>
        </message>
    </context>
    <context>
        <name>ReviewTexts</name>
        <message>
            <source>Pasó algo que no se esperaba</source>
            <translation>Something unexpected happened</translation>
        </message>
        <message>
            <source>Busque la referencia en la página de la pasarela, compare y cierre el caso.</source>
            <translation>Look for the reference on the gateway's page, compare and close the case.</translation>
        </message>
        <message>
            <source>El banco lo aprobó después de darse por no pagado</source>
            <translation>The bank approved it after it was taken for unpaid</translation>
        </message>
        <message>
            <source>Revise si el asociado pagó dos veces. Aplíquelo en el sistema o devuélvalo.</source>
            <translation>Check whether the member paid twice. Apply it in the system or give it back.</translation>
        </message>
        <message>
            <source>La pasarela lo reversó después de aprobarlo</source>
            <translation>The gateway took it back after approving it</translation>
        </message>
        <message>
            <source>Pida que lo reversen en el sistema y avise al asociado.</source>
            <translation>Have it reversed in the system and tell the member.</translation>
        </message>
        <message>
            <source>La pasarela se contradice</source>
            <translation>The gateway contradicts itself</translation>
        </message>
        <message>
            <source>Pregunte a la pasarela cuál intento vale. No lo aplique antes de su respuesta.</source>
            <translation>Ask the gateway which attempt counts. Do not apply it before they answer.</translation>
        </message>
        <message>
            <source>La pasarela respondió con otro valor, moneda o referencia</source>
            <translation>The gateway answered with another amount, currency or reference</translation>
        </message>
        <message>
            <source>No lo aplique. Pida a la pasarela el detalle de esta referencia.</source>
            <translation>Do not apply it. Ask the gateway for the details of this reference.</translation>
        </message>
        <message>
            <source>No se sabe si el pago llegó a existir</source>
            <translation>Nobody knows whether the payment exists</translation>
        </message>
        <message>
            <source>Busque la referencia en la página de la pasarela. Si no está, no se hizo.</source>
            <translation>Look for the reference on the gateway's page. If it is not there, it was not made.</translation>
        </message>
        <message>
            <source>El sistema lo recibió, pero no lo aplicó todo</source>
            <translation>The system has it, but did not apply all of it</translation>
        </message>
        <message>
            <source>Pida en la cooperativa que lo apliquen y cierre el caso.</source>
            <translation>Have it applied at the cooperative and close the case.</translation>
        </message>
        <message>
            <source>El sistema tiene otro pago con el mismo número</source>
            <translation>The system has another payment with the same number</translation>
        </message>
        <message>
            <source>Compare los dos registros en la cooperativa antes de cerrar el caso.</source>
            <translation>Compare both records at the cooperative before closing the case.</translation>
        </message>
        <message>
            <source>Lleva dos días sin respuesta del banco</source>
            <translation>The bank has not answered for two days</translation>
        </message>
        <message>
            <source>Pida a la pasarela el estado. El kiosco sigue consultando y cierra el caso solo.</source>
            <translation>Ask the gateway for its state. The kiosk goes on asking and closes the case by itself.</translation>
        </message>
        <message>
            <source>Se hizo con otra cuenta de la pasarela: aquí no se puede consultar</source>
            <translation>Made with another gateway account: it can not be asked here</translation>
        </message>
        <message>
            <source>Pida a Sistemas que deje esa cuenta en la configuración hasta que termine.</source>
            <translation>Ask IT to keep that account in the settings until it ends.</translation>
        </message>
        <message>
            <source>Aprobado hace más de una hora y sin registrar en el sistema</source>
            <translation>Approved over an hour ago and not recorded in the system</translation>
        </message>
        <message>
            <source>Mire si el sistema responde. El kiosco sigue intentando y cierra el caso solo.</source>
            <translation>See whether the system answers. The kiosk keeps trying and closes it.</translation>
        </message>
        <message>
            <source>Pagado dos veces: el banco reporta otro débito por el mismo pago</source>
            <translation>Paid twice: the bank reports another debit for this payment</translation>
        </message>
        <message>
            <source>Devuelva el segundo débito a quien pagó y ciérrelo como devuelto, con soporte.</source>
            <translation>Return the second debit to its payer and close it, with proof.</translation>
        </message>
    </context>
    <context>
        <name>SignInPage</name>
        <message>
            <source>Escriba su clave.</source>
            <translation>Type your password.</translation>
        </message>
        <message>
            <source>Ingresando…</source>
            <translation>Signing in…</translation>
        </message>
        <message>
            <source>Ingresar</source>
            <translation>Sign in</translation>
        </message>
        <message>
            <source>Ingrese con su documento y su clave</source>
            <translation>Sign in with your document and password</translation>
        </message>
        <message>
            <source>Es la clave de asociado de la Cooperativa, no la de su banco.</source>
            <translation>It is your member password of the Cooperative, not your bank's.</translation>
        </message>
        <message>
            <source>Tipo de documento</source>
            <translation>Type of document</translation>
        </message>
        <message>
            <source>Número de documento</source>
            <translation>Document number</translation>
        </message>
        <message>
            <source>Clave</source>
            <translation>Password</translation>
        </message>
        <message>
            <source>Es mi primera vez u olvidé la clave</source>
            <translation>It is my first time, or I forgot the password</translation>
        </message>
        <message>
            <source>Atrás</source>
            <translation>Back</translation>
        </message>
    </context>
    <context>
        <name>Speaker</name>
        <message>
            <source>Volumen {percent} por ciento</source>
            <translation>Volume {percent} per cent</translation>
        </message>
        <message>
            <source>Escriba: {field}</source>
            <translation>Type: {field}</translation>
        </message>
        <message>
            <source>borrado</source>
            <translation>deleted</translation>
        </message>
        <message>
            <source>punto</source>
            <translation>dot</translation>
        </message>
        <message>
            <source>mayúsculas</source>
            <translation>capital letters</translation>
        </message>
        <message>
            <source>minúsculas</source>
            <translation>small letters</translation>
        </message>
        <message>
            <source>Total a pagar hoy: {amount}</source>
            <translation>Total to pay today: {amount}</translation>
        </message>
    </context>
    <context>
        <name>StillThere</name>
        <message>
            <source>Quedan {seconds} segundos</source>
            <translation>{seconds} seconds left</translation>
        </message>
        <message>
            <source>Su pago no se pierde: seguimos consultando a su banco. Por su seguridad cerramos esta pantalla.</source>
            <translation>Your payment is not lost: we go on asking your bank. For your safety we close this screen.</translation>
        </message>
        <message>
            <source>Por su seguridad cerramos su sesión y borramos lo que escribió.</source>
            <translation>For your safety we close your session and erase what you typed.</translation>
        </message>
        <message>
            <source>¿Sigue ahí?</source>
            <translation>Are you still there?</translation>
        </message>
        <message>
            <source>Necesito más tiempo</source>
            <translation>I need more time</translation>
        </message>
        <message>
            <source>Salir</source>
            <translation>Leave</translation>
        </message>
    </context>
    <context>
        <name>SummaryPage</name>
        <message>
            <source>Esto es lo que va a pagar</source>
            <translation>This is what you are going to pay</translation>
        </message>
        <message>
            <source>Forma de pago</source>
            <translation>Form of payment</translation>
        </message>
        <message>
            <source>Desde su cuenta de ahorros o corriente, en cualquier banco.</source>
            <translation>From your savings or current account, at any bank.</translation>
        </message>
        <message>
            <source>Total a pagar hoy</source>
            <translation>Total to pay today</translation>
        </message>
        <message>
            <source>Su banco puede cobrar el 4×1000. La Cooperativa no cobra por este pago.</source>
            <translation>Your bank may charge the 4×1000 tax. The Cooperative charges nothing for this payment.</translation>
        </message>
        <message>
            <source>Atrás</source>
            <translation>Back</translation>
        </message>
        <message>
            <source>Continuar con PSE</source>
            <translation>Continue with PSE</translation>
        </message>
    </context>
    <context>
        <name>TermsCard</name>
        <message>
            <source> y </source>
            <translation> and </translation>
        </message>
        <message>
            <source>Acepto: {titles}. Léalos con su celular.</source>
            <translation>I accept: {titles}. Read them with your phone.</translation>
        </message>
    </context>
    <context>
        <name>TroublePanel</name>
        <message>
            <source>Su pago está a salvo: si alcanzó a autorizarlo, lo sabremos, porque seguimos consultando por él. Si no lo autorizó, no se mueve dinero.</source>
            <translation>Your payment is safe: if you did authorise it, we shall know, for we go on asking about it. If you did not, no money moves.</translation>
        </message>
        <message>
            <source>Toque «Salir» y espere la respuesta, o acérquese a un asesor. {care}: {phone}.</source>
            <translation>Touch «Leave» and wait for the answer, or ask an adviser. {care}: {phone}.</translation>
        </message>
        <message>
            <source>Abrir de nuevo</source>
            <translation>Open again</translation>
        </message>
        <message>
            <source>Salir</source>
            <translation>Leave</translation>
        </message>
        <message>
            <source>No pudimos abrir la página de su banco</source>
            <translation>We could not open your bank's page</translation>
        </message>
        <message>
            <source>Toque «Abrir de nuevo». Si vuelve a pasar, toque «Salir» y espere la respuesta.</source>
            <translation>Touch «Open again». If it happens again, touch «Leave» and wait for the answer.</translation>
        </message>
        <message>
            <source>La página de su banco está tardando demasiado</source>
            <translation>Your bank's page is taking too long</translation>
        </message>
        <message>
            <source>Puede esperar aquí: si llega, se la mostramos. O toque «Abrir de nuevo».</source>
            <translation>You may wait here: when it comes, we show it. Or touch «Open again».</translation>
        </message>
        <message>
            <source>No pudimos comprobar que esta sea la página de su banco</source>
            <translation>We could not verify that this is your bank's page</translation>
        </message>
        <message>
            <source>Por seguridad no la abrimos. Toque «Salir» y avise a un asesor de la agencia.</source>
            <translation>For safety we do not open it. Touch «Leave» and tell an adviser of the branch.</translation>
        </message>
        <message>
            <source>La página de su banco se cerró sola</source>
            <translation>Your bank's page closed by itself</translation>
        </message>
        <message>
            <source>Toque «Abrir de nuevo» para continuar donde su banco lo permita.</source>
            <translation>Touch «Open again» to go on where your bank allows it.</translation>
        </message>
        <message>
            <source>La página de su banco dejó de funcionar y la cerramos</source>
            <translation>Your bank’s page stopped working and we closed it</translation>
        </message>
    </context>
    <context>
        <name>VoiceBar</name>
        <message>
            <source>Repetir</source>
            <translation>Repeat</translation>
        </message>
        <message>
            <source>Volumen</source>
            <translation>Volume</translation>
        </message>
        <message>
            <source>Más volumen</source>
            <translation>Louder</translation>
        </message>
        <message>
            <source>No leer más</source>
            <translation>Stop reading</translation>
        </message>
    </context>
    <context>
        <name>WaitingPage</name>
        <message>
            <source>Lleva {seconds} s</source>
            <translation>{seconds} s so far</translation>
        </message>
        <message>
            <source>Esperando la respuesta de su banco</source>
            <translation>Waiting for your bank's answer</translation>
        </message>
        <message>
            <source>Suele tardar menos de un minuto. No se retire y no pague otra vez.</source>
            <translation>It usually takes less than a minute. Do not leave and do not pay again.</translation>
        </message>
        <message>
            <source>Su pago está registrado: si sale o se va la luz, lo seguimos consultando.</source>
            <translation>Your payment is on record: if you leave or the power fails, we go on asking.</translation>
        </message>
        <message>
            <source>Referencia {reference}</source>
            <translation>Reference {reference}</translation>
        </message>
        <message>
            <source>Salir sin esperar</source>
            <translation>Leave without waiting</translation>
        </message>
    </context>
    <context>
        <name>WelcomePage</name>
        <message>
            <source>Pague sus obligaciones desde cualquier banco</source>
            <translation>Pay what you owe from any bank</translation>
        </message>
        <message>
            <source>Crédito, aportes, fondo vida y más, con Débito bancario PSE. Tarda unos tres minutos y recibe su comprobante aquí mismo.</source>
            <translation>Loan, contributions, life fund and more, by Débito bancario PSE. It takes about three minutes and you get your receipt right here.</translation>
        </message>
        <message>
            <source>Toque para comenzar</source>
            <translation>Touch to start</translation>
        </message>
        <message>
            <source>Escuchar</source>
            <translation>Listen</translation>
        </message>
        <message>
            <source>Ver mejor</source>
            <translation>See better</translation>
        </message>
        <message>
            <source>Comprobante de pago</source>
            <translation>Payment receipt</translation>
        </message>
        <message>
            <source>Transacción aprobada</source>
            <translation>Transaction approved</translation>
        </message>
        <message>
            <source>Crédito</source>
            <translation>Loan</translation>
        </message>
        <message>
            <source>Aportes</source>
            <translation>Contributions</translation>
        </message>
        <message>
            <source>Fondo vida</source>
            <translation>Life fund</translation>
        </message>
        <message>
            <source>Asociados de prueba</source>
            <translation>Members to try</translation>
        </message>
        <message>
            <source>Toque uno para entrar con su documento y su clave.</source>
            <translation>Touch one to come in with that document and password.</translation>
        </message>
    </context>
    <context>
        <name>StandingWords</name>
        <message>
            <source>En revisión</source>
            <translation>Being looked into</translation>
        </message>
        <message>
            <source>{state} · se está registrando</source>
            <translation>{state} · being recorded</translation>
        </message>
        <message>
            <source>{state} · aplicada</source>
            <translation>{state} · applied</translation>
        </message>
    </context>
</TS>
